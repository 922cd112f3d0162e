package org.reslog.elasticsearch;

import java.util.Locale;
import java.util.function.UnaryOperator;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.ar.ArabicStemFilter;
import org.apache.lucene.analysis.en.EnglishMinimalStemFilter;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.en.KStemFilter;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.fr.FrenchLightStemFilter;
import org.apache.lucene.analysis.fr.FrenchMinimalStemFilter;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.apache.lucene.analysis.sv.SwedishLightStemFilter;
import org.tartarus.snowball.ext.EnglishStemmer;
import org.tartarus.snowball.ext.FrenchStemmer;
import org.tartarus.snowball.ext.SwedishStemmer;
import org.tartarus.snowball.ext.TurkishStemmer;

/** What the stock {@code stemmer} filter means by its {@code language}, for the languages of the library. */
final class Stemmers {

    private Stemmers() {}

    static UnaryOperator<TokenStream> named(Definition definition) {
        String language = definition.text("language", definition.text("name", "porter"));
        return switch (language.toLowerCase(Locale.ROOT)) {
            case "arabic" -> ArabicStemFilter::new;
            case "english", "porter" -> PorterStemFilter::new;
            case "light_english", "kstem" -> KStemFilter::new;
            case "minimal_english" -> EnglishMinimalStemFilter::new;
            case "porter2" -> input -> new SnowballFilter(input, new EnglishStemmer());
            case "possessive_english" -> EnglishPossessiveFilter::new;
            case "french" -> input -> new SnowballFilter(input, new FrenchStemmer());
            case "light_french" -> FrenchLightStemFilter::new;
            case "minimal_french" -> FrenchMinimalStemFilter::new;
            case "swedish" -> input -> new SnowballFilter(input, new SwedishStemmer());
            case "light_swedish" -> SwedishLightStemFilter::new;
            case "turkish" -> input -> new SnowballFilter(input, new TurkishStemmer());
            default -> throw definition.error("has a [language] unknown to the development node: " + language);
        };
    }
}
