package dev.lora4j.core.tensor;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Device of tensors and programs. An engine is opened for one device, and everything made through
 * it is there.
 *
 * @param kind the sort of device
 * @param index number of the card, from 0 in CUDA's order; 0 for the other kinds
 */
public record Device(Kind kind, int index) {
  /** The sorts of devices. */
  public enum Kind {
    /** The processor. */
    CPU,
    /** A card of NVIDIA's. */
    CUDA,
    /** The first card that can be used, else the processor; only for opening an engine. */
    AUTO
  }

  /** The processor. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  /** The first card that can be used, else the processor; only for opening an engine. */
  public static final Device AUTO = new Device(Kind.AUTO, 0);

  private static final Pattern CARD = Pattern.compile("cuda(?::(\\d{1,4}))?");

  /**
   * Makes one.
   *
   * @throws IllegalArgumentException if {@code index} is negative, or other than 0 for a kind of
   *     which there is one
   */
  public Device {
    if (index < 0 || (index > 0 && kind != Kind.CUDA)) {
      throw new IllegalArgumentException(
          "there is no " + name(kind) + " of number " + index + "; only cards are counted, from 0");
    }
  }

  /** The card with this number. */
  public static Device cuda(int index) {
    return new Device(Kind.CUDA, index);
  }

  /**
   * The device with this name: {@code cpu}, {@code cuda} (which is the first card), {@code cuda:N},
   * or {@code auto}.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  public static Device named(String name) {
    String lower = name.strip().toLowerCase(Locale.ROOT);
    Matcher card = CARD.matcher(lower);
    if (card.matches()) {
      return cuda(card.group(1) == null ? 0 : Integer.parseInt(card.group(1)));
    }
    return switch (lower) {
      case "cpu" -> CPU;
      case "auto" -> AUTO;
      default ->
          throw new IllegalArgumentException(
              "there is no device '" + name + "'; expected cpu, cuda, cuda:N or auto");
    };
  }

  /** Returns true if this is a card. */
  public boolean cuda() {
    return kind == Kind.CUDA;
  }

  /**
   * Returns true if networks may compute in {@code type} here. F16 is for cards: processors have no
   * arithmetic for it, and libtorch's replacement is several times slower than F32.
   */
  public boolean computes(DType type) {
    return type == DType.F32 || type == DType.BF16 || (type == DType.F16 && cuda());
  }

  /** Name in program text and command lines: {@code cpu}, {@code cuda:0}. */
  @Override
  public String toString() {
    return cuda() ? name(kind) + ":" + index : name(kind);
  }

  private static String name(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
