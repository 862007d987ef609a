package io.akko.trino.secrets;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code <catalog>/<property>.<revision>}, the text between {@code ${akko:} and {@code }}. Anyone who may create a catalog
 * can write one by hand, so the grammar is strict: no part of it can name a parent, a hidden file or another separator.
 */
record SecretReference(String catalog, String property, String revision)
{
    private static final Pattern GRAMMAR = Pattern.compile(
            "(?<catalog>[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?)/(?<property>[a-z0-9][a-z0-9._-]{0,127})\\.(?<revision>[0-9]{1,19})");
    private static final int SHOWN = 80;

    static SecretReference parse(String key)
    {
        Matcher matcher = GRAMMAR.matcher(key);
        if (!matcher.matches()) {
            throw new SecretException("AKKO secret reference is malformed: '%s'. Expected <catalog>/<property>.<revision>, lower case, for example client-pg-01/connection-password.7"
                    .formatted(printable(key)));
        }
        return new SecretReference(matcher.group("catalog"), matcher.group("property"), matcher.group("revision"));
    }

    /** The refused text as one short line: it ends in logs. */
    private static String printable(String key)
    {
        String line = key.replaceAll("[^\\x20-\\x7e]", "?");
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
    }

    @Override
    public String toString()
    {
        return catalog + "/" + property + "." + revision;
    }
}
