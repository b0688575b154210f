package dev.lora4j.core.safetensors;

/**
 * A file that cannot be read or written as safetensors. {@link #kind()} names the broken rule; the
 * message names the file, the tensor, what was expected and found, and what to do.
 */
public final class SafetensorsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  SafetensorsException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  SafetensorsException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** The rule that was broken. */
  public Kind kind() {
    return kind;
  }

  /** Kinds of malformations, one constant each. */
  public enum Kind {
    /** The file is a Python pickle (an old {@code .bin}, {@code .pt} or {@code .ckpt}). */
    IS_PICKLE,
    /** The file is a zip archive, as {@code torch.save} writes them. */
    IS_ZIP,
    /** The file is a web page, mostly an error page that was saved under the model's name. */
    IS_HTML,
    /** The file is the text that Git LFS keeps in place of a large file. */
    IS_LFS_POINTER,
    /** The file is of another known format, or plain text. */
    IS_OTHER_FORMAT,

    /** Shorter than the eight bytes of the header length. */
    FILE_TOO_SHORT,
    /** The header claims to be longer than 100 MB. */
    HEADER_TOO_LARGE,
    /** The header ends after the file. */
    HEADER_PAST_END,
    /** The header is not UTF-8. */
    HEADER_NOT_UTF8,
    /** The header is not one JSON value. */
    HEADER_NOT_JSON,
    /** White space before the header's opening brace. */
    LEADING_WHITESPACE,
    /** A JSON value of another type than the format has at this place. */
    WRONG_TYPE,
    /** A tensor lacks its dtype, shape or offsets. */
    MISSING_FIELD,
    /** A tensor has a field that the format does not know. */
    EXTRA_FIELD,
    /** A dtype that the format does not know. */
    UNKNOWN_DTYPE,
    /** A name occurs twice. */
    DUPLICATE_NAME,
    /** A name with a NUL character, or one that the format keeps for itself. */
    BAD_NAME,
    /** A string with half a surrogate pair, which UTF-8 cannot hold. */
    BAD_TEXT,
    /** More than 1,000,000 tensors. */
    TOO_MANY_TENSORS,
    /** More than 100,000 metadata entries. */
    TOO_MUCH_METADATA,
    /** More than 8 dimensions. */
    TOO_MANY_DIMENSIONS,
    /** Values nested deeper than any reader needs. */
    TOO_DEEP,
    /** A size or offset that is no whole number from 0 to 2^48 - 1. */
    BAD_SIZE,
    /** The sizes of a shape multiply beyond 64 bits. */
    SIZE_OVERFLOW,
    /** A tensor of a packed type that does not end on a byte boundary. */
    PARTIAL_BYTE,

    /** A tensor ends before it begins. */
    RANGE_REVERSED,
    /** Two tensors share bytes. */
    RANGE_OVERLAP,
    /** Bytes between two tensors, or before the first, belong to none. */
    RANGE_HOLE,
    /** A tensor's range is not as long as its shape and dtype need. */
    RANGE_MISMATCH,
    /** The file ends before its last tensor does. */
    TRUNCATED,
    /** Bytes after the last tensor. */
    TRAILING_BYTES,

    /** An index file that is not of the expected form. */
    BAD_INDEX,
    /** A shard is not named by a plain file name, or is a link out of the checkpoint's folder. */
    BAD_SHARD_NAME,
    /** A shard that the index names does not exist. */
    MISSING_SHARD,
    /** A shard lacks a tensor that the index places there. */
    MISSING_SHARD_TENSOR,

    /** No tensor has this name. */
    NO_SUCH_TENSOR,
    /** A request for a tensor of 2 GiB or more as one Java array or buffer. */
    TENSOR_TOO_LARGE,
    /** A request for bytes outside the tensor. */
    OUT_OF_RANGE,
    /** The file is no longer the one that was opened. */
    FILE_CHANGED,
    /** Used after it was closed. */
    CLOSED,
    /** A tensor's source gave more or fewer bytes than its shape and dtype need. */
    WRONG_LENGTH,
    /** The operating system refused; the cause has its error. */
    IO
  }
}
