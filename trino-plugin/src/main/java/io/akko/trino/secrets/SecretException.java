package io.akko.trino.secrets;

/** The message is shown to the user of Trino: what happened, where, what to do, and never a value. */
final class SecretException extends RuntimeException
{
    private static final long serialVersionUID = 1L;

    SecretException(String message)
    {
        super(message);
    }
}
