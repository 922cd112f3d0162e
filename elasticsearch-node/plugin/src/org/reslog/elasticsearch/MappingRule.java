package org.reslog.elasticsearch;

/**
 * A rule of the {@code mapping} char filter: {@code from => to}, either side with the escapes
 * {@code \\ \n \t \r \b \f} and {@code \}{@code u} with four hexadecimal digits. Blanks around a side
 * do not count; {@code to} may be empty.
 */
record MappingRule(String from, String to) {

    private static final String ARROW = "=>";

    static MappingRule parse(Definition definition, String line) {
        int arrow = line.lastIndexOf(ARROW);
        if (arrow < 0) {
            throw definition.error("has a rule that is not [from => to]: " + line);
        }
        String from = unescape(definition, line.substring(0, arrow).trim());
        String to = unescape(definition, line.substring(arrow + ARROW.length()).trim());
        return new MappingRule(from, to);
    }

    private static String unescape(Definition definition, String text) {
        StringBuilder plain = new StringBuilder();
        for (int at = 0; at < text.length(); at++) {
            char sign = text.charAt(at);
            if (sign != '\\') {
                plain.append(sign);
            } else if (++at == text.length()) {
                throw definition.error("has a rule that ends in the middle of an escape: " + text);
            } else if (text.charAt(at) == 'u') {
                plain.append(codeUnit(definition, text, at + 1));
                at += 4;
            } else {
                plain.append(escaped(text.charAt(at)));
            }
        }
        return plain.toString();
    }

    private static char codeUnit(Definition definition, String text, int start) {
        try {
            return (char) Integer.parseInt(text.substring(start, start + 4), 16);
        } catch (IndexOutOfBoundsException | NumberFormatException problem) {
            throw definition.error("has a rule with a broken \\u escape: " + text);
        }
    }

    private static char escaped(char letter) {
        return switch (letter) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            default -> letter;
        };
    }
}
