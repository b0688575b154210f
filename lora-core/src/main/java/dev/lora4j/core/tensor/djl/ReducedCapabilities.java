package dev.lora4j.core.tensor.djl;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.runtime.Capabilities;
import dev.lora4j.core.tensor.runtime.Processor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Processor features reduced for this process: hides the features that {@link Capabilities}
 * excludes from each native library, in the way that this library detects them.
 */
final class ReducedCapabilities {
  /** Symbol of libtorch's x86-64 processor features: one byte for each feature. */
  private static final String FEATURES = "cpuinfo_isa";

  /** Linux's names of the features at some of these bytes. */
  private static final Map<Integer, String> KNOWN = new LinkedHashMap<>();

  /** The first place that has to do with vectors of 256 bits, of 512 bits, and the last. */
  private static final int AVX = 22;

  private static final int AVX_VNNI = 23;
  private static final int AVX512 = 29;
  private static final int AVX512_LATER = 36;
  private static final int AVX512_BF16 = 42;
  private static final int LAST = 53;

  static {
    KNOWN.put(16, "pni");
    KNOWN.put(19, "sse4_2");
    KNOWN.put(AVX, "avx");
    KNOWN.put(24, "fma");
    KNOWN.put(27, "f16c");
    KNOWN.put(28, "avx2");
    KNOWN.put(AVX512, "avx512f");
    KNOWN.put(33, "avx512dq");
    KNOWN.put(34, "avx512bw");
    KNOWN.put(35, "avx512vl");
    KNOWN.put(AVX512_BF16, "avx512_bf16");
  }

  private ReducedCapabilities() {}

  /**
   * Limits the features for the libraries that are loaded next.
   *
   * @throws TensorException if this is no Linux on x86-64
   */
  static void beforeLoading(Capabilities left) {
    boolean fits =
        System.getProperty("os.name", "").equals("Linux")
            && System.getProperty("os.arch", "").equals("amd64");
    if (!fits) {
      throw new TensorException(
          Capabilities.VARIABLE + " is for Linux on x86-64; unset it on this machine.");
    }
    set("ATEN_CPU_CAPABILITY", left.aten());
    set("ONEDNN_MAX_CPU_ISA", left.oneDnn());
    set("DNNL_MAX_CPU_ISA", left.oneDnn());
    set("MKL_ENABLE_INSTRUCTIONS", left.mkl());
  }

  /** Sets a variable of the native environment; Java's copy dates from its start. */
  private static void set(String variable, String value) {
    Function.getFunction("c", "setenv").invokeInt(new Object[] {variable, value, 1});
  }

  /**
   * Removes features from libtorch's record, by which it refuses operators.
   *
   * @param folder that libtorch was loaded from
   * @throws TensorException if they are not where this libtorch is known to keep them
   */
  static void afterLoading(Capabilities left, Path folder) {
    NativeLibrary library = NativeLibrary.getInstance(folder.resolve("libc10.so").toString());
    library.getFunction("cpuinfo_initialize").invokeInt(new Object[0]);
    Pointer features = library.getGlobalVariableAddress(FEATURES);
    KNOWN.forEach(
        (place, name) -> {
          boolean taken = features.getByte(place) == 0 && Processor.has(name);
          if (taken || (features.getByte(place) != 0 && !Processor.has(name))) {
            throw new TensorException(
                Capabilities.VARIABLE
                    + " does not work with the libtorch in "
                    + folder
                    + ", which keeps the processor's features elsewhere; unset it.");
          }
        });
    int first =
        switch (left) {
          case NONE, SSE4 -> AVX;
          case AVX2 -> AVX512;
          case AVX512 -> AVX512_LATER;
          case AVX512_BF16 -> AVX512_BF16 + 1;
        };
    for (int place = first; place <= LAST; place++) {
      features.setByte(place, (byte) 0);
    }
    if (left == Capabilities.AVX2) {
      features.setByte(AVX_VNNI, (byte) 0);
    }
  }
}
