package org.reslog.elasticsearch;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.analysis.CharArraySet;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.index.IndexSettings;
import org.elasticsearch.index.analysis.Analysis;

/**
 * A component's definition in the settings of an index.
 *
 * <p>Whoever makes the component asks for the settings that it knows; what was never asked for is
 * then refused by {@link #rejectUnknownSettings}. So nothing that the stock component would heed is
 * left out here in silence.
 */
final class Definition {

    private final IndexSettings index;
    private final Environment environment;
    private final String name;
    private final Settings settings;
    private final Set<String> known = new TreeSet<>();

    Definition(IndexSettings index, Environment environment, String name, Settings settings) {
        this.index = index;
        this.environment = environment;
        this.name = name;
        this.settings = settings;
    }

    /** The component's own name, which may be any; its type is the stock name. */
    String name() {
        return name;
    }

    /** The most that the longest n-gram may exceed the shortest in this index. */
    int maxNGramDifference() {
        return index.getMaxNgramDiff();
    }

    boolean has(String key) {
        known.add(key);
        return settings.hasValue(key);
    }

    int integer(String key, int fallback) {
        known.add(key);
        return settings.getAsInt(key, fallback);
    }

    boolean flag(String key, boolean fallback) {
        known.add(key);
        return settings.getAsBoolean(key, fallback);
    }

    String text(String key, String fallback) {
        known.add(key);
        return settings.get(key, fallback);
    }

    String requiredText(String key) {
        String value = text(key, null);
        if (value == null) {
            throw error("needs the setting [" + key + "]");
        }
        return value;
    }

    List<String> list(String key) {
        known.add(key);
        return settings.getAsList(key);
    }

    /** The lines of {@code key}, or of the file named by {@code key_path}; one of them is needed. */
    List<String> lines(String key) {
        known.add(key);
        known.add(key + "_path");
        return required(Analysis.getWordList(environment, settings, key), key);
    }

    /** The words of {@code key} or {@code key_path}; {@code key_case} makes them match in any case. */
    CharArraySet words(String key) {
        known.addAll(List.of(key, key + "_path", key + "_case"));
        return required(Analysis.getWordSet(environment, settings, key), key);
    }

    CharArraySet articles() {
        known.addAll(List.of("articles", "articles_path", "articles_case"));
        return required(Analysis.parseArticles(environment, settings), "articles");
    }

    /** The analyzer's stop words: a list, a named list ({@code _turkish_}, {@code _none_}) or a file. */
    CharArraySet stopWords(CharArraySet fallback) {
        known.addAll(List.of("stopwords", "stopwords_path", "stopwords_case"));
        return Analysis.parseStopWords(environment, settings, fallback);
    }

    /** Words that the analyzer does not stem. */
    CharArraySet stemExclusion() {
        known.add("stem_exclusion");
        return Analysis.parseStemExclusion(settings, CharArraySet.EMPTY_SET);
    }

    /** The environment, for a file named in the settings. */
    Environment environment() {
        return environment;
    }

    IllegalArgumentException error(String problem) {
        return new IllegalArgumentException("[" + name + "] of type [" + settings.get("type", name) + "] " + problem);
    }

    /** Refuses settings nobody asked for; called when the component is made. */
    void rejectUnknownSettings() {
        Set<String> unknown = new TreeSet<>(settings.keySet());
        unknown.removeAll(known);
        // Beside its own settings a definition has its type; one used by its bare name, the index's.
        unknown.removeIf(key -> key.equals("type") || key.startsWith("index."));
        if (unknown.isEmpty() == false) {
            throw error("has settings unknown to the development node: " + unknown + "; it knows " + known);
        }
    }

    private <T> T required(T value, String key) {
        if (value == null) {
            throw error("needs the setting [" + key + "] or [" + key + "_path]");
        }
        return value;
    }
}
