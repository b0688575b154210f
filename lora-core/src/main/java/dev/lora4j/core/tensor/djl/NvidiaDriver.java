package dev.lora4j.core.tensor.djl;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * NVIDIA's driver and the cards that it sees. Reading it needs no CUDA toolkit and no libtorch, so
 * it works before either is loaded.
 *
 * @param cudaVersion the newest CUDA that it supports: 12040 is 12.4
 * @param error the driver's own code if it did not start, else 0
 * @param cards in the order that CUDA counts them
 */
record NvidiaDriver(int cudaVersion, int error, List<Card> cards) {
  /**
   * A card.
   *
   * @param name its model
   * @param capability its compute capability times ten: 90 is 9.0
   * @param bytes its memory
   */
  record Card(String name, int capability, long bytes) {}

  /** The driver's code for "there is no card". */
  static final int NO_DEVICE = 100;

  private static final int CAPABILITY_MAJOR = 75;
  private static final int CAPABILITY_MINOR = 76;

  /** The driver's C functions, by their C names. Each returns 0 or an error code. */
  @SuppressWarnings({"checkstyle:MethodName", "MethodName"})
  private interface Cuda extends Library {
    int cuInit(int flags);

    int cuDriverGetVersion(int[] version);

    int cuDeviceGetCount(int[] count);

    int cuDeviceGet(int[] device, int ordinal);

    int cuDeviceGetName(byte[] name, int length, int device);

    int cuDeviceTotalMem_v2(long[] bytes, int device);

    int cuDeviceGetAttribute(int[] value, int attribute, int device);
  }

  /** The driver's library on this system. */
  static String library() {
    return System.getProperty("os.name", "").startsWith("Win") ? "nvcuda" : "libcuda.so.1";
  }

  /** The driver of this machine, if it has one. */
  static Optional<NvidiaDriver> find() {
    try {
      return Optional.of(ask(Native.load(library(), Cuda.class)));
    } catch (LinkageError e) {
      return Optional.empty();
    }
  }

  private static NvidiaDriver ask(Cuda cuda) {
    int[] number = new int[1];
    int version = cuda.cuDriverGetVersion(number) == 0 ? number[0] : 0;
    int error = cuda.cuInit(0);
    if (error == 0) {
      error = cuda.cuDeviceGetCount(number);
    }
    List<Card> cards = new ArrayList<>();
    if (error == 0) {
      int count = number[0];
      for (int i = 0; i < count; i++) {
        cards.add(card(cuda, i));
      }
    }
    return new NvidiaDriver(version, error == NO_DEVICE ? 0 : error, List.copyOf(cards));
  }

  private static Card card(Cuda cuda, int ordinal) {
    int[] device = new int[1];
    int[] major = new int[1];
    int[] minor = new int[1];
    long[] bytes = new long[1];
    byte[] name = new byte[256];
    int error = cuda.cuDeviceGet(device, ordinal);
    error |= cuda.cuDeviceGetName(name, name.length, device[0]);
    error |= cuda.cuDeviceTotalMem_v2(bytes, device[0]);
    error |= cuda.cuDeviceGetAttribute(major, CAPABILITY_MAJOR, device[0]);
    error |= cuda.cuDeviceGetAttribute(minor, CAPABILITY_MINOR, device[0]);
    // A card that does not answer keeps its number, and fits no libtorch.
    return error == 0
        ? new Card(text(name), major[0] * 10 + minor[0], bytes[0])
        : new Card("a card that does not answer", 0, 0);
  }

  private static String text(byte... zeroTerminated) {
    int length = 0;
    while (length < zeroTerminated.length && zeroTerminated[length] != 0) {
      length++;
    }
    return new String(zeroTerminated, 0, length, StandardCharsets.UTF_8);
  }
}
