package org.reslog.elasticsearch;

import java.io.IOException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.ar.ArabicNormalizationFilter;
import org.apache.lucene.analysis.compound.CompoundWordTokenFilterBase;
import org.apache.lucene.analysis.compound.DictionaryCompoundWordTokenFilter;
import org.apache.lucene.analysis.core.DecimalDigitFilter;
import org.apache.lucene.analysis.el.GreekLowerCaseFilter;
import org.apache.lucene.analysis.ga.IrishLowerCaseFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.LengthFilter;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.apache.lucene.analysis.miscellaneous.StemmerOverrideFilter;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenFilter;
import org.apache.lucene.analysis.ngram.NGramTokenFilter;
import org.apache.lucene.analysis.pattern.PatternCaptureGroupTokenFilter;
import org.apache.lucene.analysis.pattern.PatternReplaceFilter;
import org.apache.lucene.analysis.tr.ApostropheFilter;
import org.apache.lucene.analysis.tr.TurkishLowerCaseFilter;
import org.apache.lucene.analysis.util.ElisionFilter;
import org.elasticsearch.common.regex.Regex;
import org.elasticsearch.index.analysis.TokenFilterFactory;

/** Token filters, each made from its definition. */
final class TokenFilters {

    private TokenFilters() {}

    static TokenFilterFactory apostrophe(Definition definition) {
        return new LuceneFilter(definition, ApostropheFilter::new);
    }

    static TokenFilterFactory arabicNormalization(Definition definition) {
        return new LuceneFilter.Normalizing(definition, ArabicNormalizationFilter::new);
    }

    static TokenFilterFactory asciiFolding(Definition definition) {
        if (definition.flag("preserve_original", false)) {
            return new LuceneFilter.Folding(
                definition, input -> new ASCIIFoldingFilter(input, true), ASCIIFoldingFilter::new);
        }
        return new LuceneFilter.Normalizing(definition, ASCIIFoldingFilter::new);
    }

    static TokenFilterFactory decimalDigit(Definition definition) {
        return new LuceneFilter.Normalizing(definition, DecimalDigitFilter::new);
    }

    /**
     * Parts of compounds. As on the stock node, {@code only_longest_match} also passes over the parts
     * that begin inside the part just found (Lucene 10 changed what this constructor means).
     */
    static TokenFilterFactory dictionaryDecompounder(Definition definition) {
        CharArraySet parts = definition.words("word_list");
        int word = definition.integer("min_word_size", CompoundWordTokenFilterBase.DEFAULT_MIN_WORD_SIZE);
        int shortest = definition.integer("min_subword_size", CompoundWordTokenFilterBase.DEFAULT_MIN_SUBWORD_SIZE);
        int longest = definition.integer("max_subword_size", CompoundWordTokenFilterBase.DEFAULT_MAX_SUBWORD_SIZE);
        boolean onlyLongest = definition.flag("only_longest_match", false);
        return new LuceneFilter.NotForSynonyms(
            definition,
            input -> new DictionaryCompoundWordTokenFilter(input, parts, word, shortest, longest, onlyLongest));
    }

    static TokenFilterFactory edgeNGram(Definition definition) {
        int shortest = definition.integer("min_gram", 1);
        int longest = definition.integer("max_gram", 2);
        boolean original = definition.flag("preserve_original", false);
        if (definition.text("side", "front").equals("front") == false) {
            throw definition.error("has a [side] that is not [front], which is all the development node knows");
        }
        return new LuceneFilter.NGrams(
            definition, input -> new EdgeNGramTokenFilter(input, shortest, longest, original));
    }

    static TokenFilterFactory elision(Definition definition) {
        CharArraySet articles = definition.articles();
        return new LuceneFilter.Normalizing(definition, input -> new ElisionFilter(input, articles));
    }

    static TokenFilterFactory length(Definition definition) {
        int shortest = definition.integer("min", 0);
        int longest = definition.integer("max", Integer.MAX_VALUE);
        return new LuceneFilter(definition, input -> new LengthFilter(input, shortest, longest));
    }

    static TokenFilterFactory lowercase(Definition definition) {
        String language = definition.text("language", "");
        return new LuceneFilter.Normalizing(
            definition,
            switch (language.toLowerCase(Locale.ROOT)) {
                case "" -> LowerCaseFilter::new;
                case "greek" -> GreekLowerCaseFilter::new;
                case "irish" -> IrishLowerCaseFilter::new;
                case "turkish" -> TurkishLowerCaseFilter::new;
                default -> throw definition.error("has an unknown [language]: " + language);
            });
    }

    static TokenFilterFactory nGram(Definition definition) {
        NGramLengths lengths = NGramLengths.of(definition);
        boolean original = definition.flag("preserve_original", false);
        return new LuceneFilter.NGrams(
            definition, input -> new NGramTokenFilter(input, lengths.shortest(), lengths.longest(), original));
    }

    static TokenFilterFactory patternCapture(Definition definition) {
        Pattern[] patterns = definition.list("patterns").stream().map(Pattern::compile).toArray(Pattern[]::new);
        if (patterns.length == 0) {
            throw definition.error("needs the setting [patterns]");
        }
        boolean original = definition.flag("preserve_original", true);
        return new LuceneFilter(
            definition, input -> new PatternCaptureGroupTokenFilter(input, original, patterns));
    }

    static TokenFilterFactory patternReplace(Definition definition) {
        Pattern pattern = Regex.compile(definition.requiredText("pattern"), definition.text("flags", null));
        String replacement = definition.text("replacement", "");
        boolean all = definition.flag("all", true);
        return new LuceneFilter.Normalizing(
            definition, input -> new PatternReplaceFilter(input, pattern, replacement, all));
    }

    static TokenFilterFactory removeDuplicates(Definition definition) {
        return new LuceneFilter(definition, RemoveDuplicatesTokenFilter::new);
    }

    static TokenFilterFactory stemmer(Definition definition) {
        return new LuceneFilter(definition, Stemmers.named(definition));
    }

    /** Rules {@code word, word => stem}; of two rules for one word the first counts. */
    static TokenFilterFactory stemmerOverride(Definition definition) throws IOException {
        StemmerOverrideFilter.Builder stems = new StemmerOverrideFilter.Builder(false);
        for (String rule : definition.lines("rules")) {
            String[] sides = rule.split("=>", -1);
            String stem = sides[sides.length - 1].strip();
            if (sides.length != 2 || stem.isEmpty() || stem.contains(",")) {
                throw definition.error("has a rule that is not [word, word => stem]: " + rule);
            }
            for (String word : sides[0].split(",", -1)) {
                if (word.isBlank()) {
                    throw definition.error("has a rule with an empty word: " + rule);
                }
                stems.add(word.strip(), stem);
            }
        }
        StemmerOverrideFilter.StemmerOverrideMap map = stems.build();
        return new LuceneFilter(definition, input -> new StemmerOverrideFilter(input, map));
    }

    static TokenFilterFactory unique(Definition definition) {
        boolean samePosition = definition.flag("only_on_same_position", false);
        return new LuceneFilter(definition, samePosition ? RemoveDuplicatesTokenFilter::new : UniqueFilter::new);
    }
}
