package dev.lora4j.core.gguf;

import java.util.Objects;

/**
 * A file that cannot be read as GGUF, or not as it was asked for. {@link #kind()} names the broken
 * rule; the message names the file, the key or tensor, what was expected and found, and what to do.
 */
public final class GgufException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  GgufException(Kind kind, String message) {
    super(message);
    this.kind = Objects.requireNonNull(kind);
  }

  GgufException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind);
  }

  /** The rule that was broken. */
  public Kind kind() {
    return kind;
  }

  /** Kinds of malformations, one constant each. */
  public enum Kind {
    /** The file does not begin with {@code GGUF}. */
    NOT_GGUF,
    /** Numbers are stored with the highest byte first. */
    BIG_ENDIAN,
    /** A version other than 2 and 3. */
    UNKNOWN_VERSION,
    /** More than 1,000,000 tensors. */
    TOO_MANY_TENSORS,
    /** More than 100,000 entries of the metadata. */
    TOO_MANY_KEYS,
    /** The header ends after the file. */
    HEADER_PAST_END,
    /** The header is longer than 100 MB. */
    HEADER_TOO_LARGE,

    /** A key or a tensor's name that is empty, or has a NUL character. */
    BAD_NAME,
    /** A key or a tensor's name of more than 65,535 bytes. */
    NAME_TOO_LONG,
    /** A text that is not UTF-8. */
    BAD_TEXT,
    /** A type of values that the format does not know. */
    UNKNOWN_VALUE_TYPE,
    /** A yes or no that is neither 1 nor 0. */
    BAD_FLAG,
    /** Arrays nested deeper than any file needs. */
    TOO_DEEP,
    /** More than 4,194,304 elements in arrays. */
    TOO_MANY_ELEMENTS,
    /** Two entries with the same key. */
    DUPLICATE_KEY,
    /** An alignment that is no power of two up to 65,536. */
    BAD_ALIGNMENT,

    /** Two tensors with the same name. */
    DUPLICATE_TENSOR,
    /** More than 4 dimensions. */
    TOO_MANY_DIMENSIONS,
    /** A size or offset that is no whole number from 0 to 2^48 - 1. */
    BAD_SIZE,
    /** The sizes of a shape multiply beyond 64 bits. */
    SIZE_OVERFLOW,
    /** A type of tensors that is not known. */
    UNKNOWN_TENSOR_TYPE,
    /** A tensor whose rows are no whole number of blocks. */
    PARTIAL_BLOCK,
    /** A tensor that does not begin at a multiple of the alignment. */
    MISALIGNED,
    /** Two tensors share bytes. */
    RANGE_OVERLAP,
    /** Bytes between two tensors, or before the first, belong to none. */
    RANGE_HOLE,
    /** The file ends before its last tensor does. */
    TRUNCATED,
    /** Bytes after the last tensor. */
    TRAILING_BYTES,

    /** The metadata lack a key that is needed. */
    MISSING_KEY,
    /** A value of another type, or of another size, than is needed. */
    WRONG_VALUE,
    /** No tensor has this name. */
    NO_SUCH_TENSOR,
    /** A tensor of a type whose numbers are not read here. */
    UNREADABLE_TYPE,
    /** A request for bytes or numbers outside of the tensor. */
    OUT_OF_RANGE,
    /** The file is no longer the one that was opened. */
    FILE_CHANGED,
    /** The operating system refused; the cause has its error. */
    IO
  }
}
