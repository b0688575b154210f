package dev.lora4j.core.safetensors;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Writes a header's JSON exactly as the reference writer does, byte for byte. */
final class HeaderText {
  private final StringBuilder out = new StringBuilder("{");

  private HeaderText() {}

  /** The header's bytes, with the spaces that align the byte buffer to eight. */
  static byte[] of(Map<String, String> metadata, Collection<TensorInfo> tensors) {
    HeaderText text = new HeaderText();
    if (!metadata.isEmpty()) {
      text.key(Limits.METADATA).out.append('{');
      metadata.forEach((key, value) -> text.key(key).string(value));
      text.out.append('}');
    }
    tensors.forEach(text::tensor);
    byte[] json = text.out.append('}').toString().getBytes(StandardCharsets.UTF_8);
    int padded = (json.length + Limits.PREFIX - 1) / Limits.PREFIX * Limits.PREFIX;
    byte[] bytes = Arrays.copyOf(json, padded);
    Arrays.fill(bytes, json.length, padded, (byte) ' ');
    return bytes;
  }

  private void tensor(TensorInfo tensor) {
    String sizes =
        LongStream.of(tensor.shape().sizes())
            .mapToObj(Long::toString)
            .collect(Collectors.joining(","));
    key(tensor.name());
    out.append("{\"dtype\":\"").append(tensor.dtype().name());
    out.append("\",\"shape\":[").append(sizes).append("],\"data_offsets\":[");
    out.append(tensor.begin()).append(',').append(tensor.end()).append("]}");
  }

  private HeaderText key(String name) {
    if (out.charAt(out.length() - 1) != '{') {
      out.append(',');
    }
    string(name);
    out.append(':');
    return this;
  }

  /** Escapes what JSON demands and nothing else, with the short forms where there are any. */
  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
