package dev.lora4j.core.protobuf;

/** Bytes that are no message, or another one than is read. */
public final class ProtobufException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  ProtobufException(String message) {
    super(message);
  }
}
