package dev.lora4j.core.tensor;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * ATen operators that make a tensor from numbers alone. Operators on tensors put their result on
 * the device of the tensors; these put it on the CPU unless they get a device.
 */
final class Factories {
  /**
   * Names of all factories; {@code from_file} is apart, since a file can only be mapped on the CPU.
   */
  static final Set<String> NAMES =
      Set.of(
          "arange",
          "as_tensor",
          "bartlett_window",
          "blackman_window",
          "empty",
          "empty_permuted",
          "empty_strided",
          "eye",
          "fft_fftfreq",
          "fft_rfftfreq",
          "full",
          "hamming_window",
          "hann_window",
          "kaiser_window",
          "linspace",
          "logspace",
          "normal",
          "ones",
          "rand",
          "randint",
          "randn",
          "randperm",
          "range",
          "scalar_tensor",
          "sparse_coo_tensor",
          "tensor",
          "tril_indices",
          "triu_indices",
          "zeros");

  private Factories() {}

  /** Returns true if this call makes a tensor and leaves its device open. */
  static boolean leavesDeviceOpen(String operator, List<Object> arguments) {
    return NAMES.contains(operator)
        && arguments.stream()
            .noneMatch(
                a -> a instanceof Expr || (a instanceof Keyword k && k.name().equals("device")));
  }

  /** The arguments, with the program's device if the operator would else take the CPU. */
  static List<Object> placed(String operator, List<Object> arguments) {
    return leavesDeviceOpen(operator, arguments)
        ? Stream.concat(arguments.stream(), Stream.of(Keyword.of("device", ProgramText.DEVICE)))
            .toList()
        : arguments;
  }
}
