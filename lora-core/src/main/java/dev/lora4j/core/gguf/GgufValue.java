package dev.lora4j.core.gguf;

import dev.lora4j.core.safetensors.QuotedText;
import java.util.List;

/** A value of the metadata. */
public sealed interface GgufValue {
  /** What it is, for messages: {@code the text "llama"}. */
  String described();

  /**
   * A whole number.
   *
   * @param bits its value; of U64, all 64 bits
   * @param type which of the whole types it is stored as
   */
  record Whole(long bits, GgufValueType type) implements GgufValue {
    @Override
    public String described() {
      return type == GgufValueType.U64 ? Long.toUnsignedString(bits) : Long.toString(bits);
    }
  }

  /**
   * A number with a fraction.
   *
   * @param value of F32, the nearest decimal fraction that stands for it, as whoever wrote it meant
   *     1e-5 and not 9.999999747378752e-06
   */
  record Real(double value) implements GgufValue {
    @Override
    public String described() {
      return Double.toString(value);
    }
  }

  /** A yes or no. */
  record Flag(boolean value) implements GgufValue {
    @Override
    public String described() {
      return Boolean.toString(value);
    }
  }

  /** A text. */
  record Text(String value) implements GgufValue {
    @Override
    public String described() {
      return "the text " + QuotedText.of(value);
    }
  }

  /**
   * An array.
   *
   * @param type of each of its elements
   * @param elements unmodifiable
   */
  record Values(GgufValueType type, List<GgufValue> elements) implements GgufValue {
    @Override
    public String described() {
      return "an array of " + elements.size() + " of type " + type;
    }
  }
}
