package org.reslog.elasticsearch;

import java.io.Reader;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.charfilter.HTMLStripCharFilter;
import org.apache.lucene.analysis.charfilter.MappingCharFilter;
import org.apache.lucene.analysis.charfilter.NormalizeCharMap;
import org.apache.lucene.analysis.pattern.PatternReplaceCharFilter;
import org.elasticsearch.common.regex.Regex;
import org.elasticsearch.index.analysis.AbstractCharFilterFactory;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.NormalizingCharFilterFactory;

/** Char filters, each made from its definition. */
final class CharFilters {

    private CharFilters() {}

    static CharFilterFactory htmlStrip(Definition definition) {
        Set<String> kept = Set.copyOf(definition.list("escaped_tags"));
        return new Factory(definition, text -> new HTMLStripCharFilter(text, kept));
    }

    /** Rules {@code from => to}; see {@link MappingRule}. */
    static CharFilterFactory mapping(Definition definition) {
        NormalizeCharMap.Builder rules = new NormalizeCharMap.Builder();
        for (String line : definition.lines("mappings")) {
            MappingRule rule = MappingRule.parse(definition, line);
            rules.add(rule.from(), rule.to());
        }
        NormalizeCharMap map = rules.build();
        return new Normalizing(definition, text -> new MappingCharFilter(map, text));
    }

    static CharFilterFactory patternReplace(Definition definition) {
        Pattern pattern = Regex.compile(definition.requiredText("pattern"), definition.text("flags", null));
        String replacement = definition.text("replacement", "");
        return new Normalizing(definition, text -> new PatternReplaceCharFilter(pattern, replacement, text));
    }

    private static class Factory extends AbstractCharFilterFactory {

        private final UnaryOperator<Reader> wrap;

        Factory(Definition definition, UnaryOperator<Reader> wrap) {
            super(definition.name());
            this.wrap = wrap;
        }

        @Override
        public Reader create(Reader text) {
            return wrap.apply(text);
        }
    }

    /** One that keyword normalizers and prefix queries may use. */
    private static final class Normalizing extends Factory implements NormalizingCharFilterFactory {

        Normalizing(Definition definition, UnaryOperator<Reader> wrap) {
            super(definition, wrap);
        }

        @Override
        public Reader normalize(Reader text) {
            return create(text);
        }
    }
}
