package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Division of the parts of a program into those whose weights stay in memory and those whose
 * weights are read from their mapped file for each run, one part at a time.
 *
 * @param kept numbers of the parts that stay
 */
record Residence(Set<Integer> kept) {
  private static final long KILOBYTE = 1_000;
  private static final long MEGABYTE = 1_000_000;

  /** From here on sizes are told in megabytes. */
  private static final long SMALL = 10 * MEGABYTE;

  /**
   * The division for a memory: the first and the last part stay, which the blocks lie between, and
   * then as many others as there is room for beside the greatest that does not.
   *
   * @param tensors the held inputs of the program
   * @param memory bytes that they may take together
   * @throws TensorException if the memory is too small
   */
  static Residence of(List<ProgramPart> parts, List<Tensor> tensors, long memory) {
    long always = bytes(tensors.stream().filter(t -> t.mapped().isEmpty()).toList());
    List<Long> sizes = new ArrayList<>();
    for (ProgramPart part : parts) {
      sizes.add(bytes(read(part, tensors)));
    }
    long largest = sizes.stream().mapToLong(s -> s).max().orElse(0);
    long least = always + largest;
    if (memory < least) {
      throw new TensorException(
          "The weights were given "
              + memory / (memory < SMALL ? KILOBYTE : MEGABYTE)
              + (memory < SMALL ? "kB" : "MB")
              + " of memory, and need "
              + rounded(least)
              + ": "
              + rounded(largest)
              + " for the largest block, and "
              + rounded(always)
              + " that cannot be read block by block from a mapped file. Give them "
              + rounded(least)
              + " or more.");
    }
    List<Integer> order = new ArrayList<>(List.of(0, parts.size() - 1));
    for (int i = 1; i < parts.size() - 1; i++) {
      order.add(i);
    }
    Set<Integer> kept = new LinkedHashSet<>();
    long taken = always;
    for (int part : order) {
      long greatest = 0;
      for (int i = 0; i < sizes.size(); i++) {
        greatest = kept.contains(i) || i == part ? greatest : Math.max(greatest, sizes.get(i));
      }
      if (!kept.contains(part) && taken + sizes.get(part) + greatest <= memory) {
        kept.add(part);
        taken += sizes.get(part);
      }
    }
    return new Residence(Set.copyOf(kept));
  }

  /** The tensors of a part that are read from mapped files. */
  static List<Tensor> read(ProgramPart part, List<Tensor> tensors) {
    return part.held().stream().map(tensors::get).filter(t -> t.mapped().isPresent()).toList();
  }

  /** A size that is no less, in the units of the command line. */
  private static String rounded(long bytes) {
    boolean small = bytes < SMALL;
    long unit = small ? KILOBYTE : MEGABYTE;
    return (bytes + unit - 1) / unit + (small ? "kB" : "MB");
  }

  private static long bytes(List<Tensor> tensors) {
    return new HashSet<>(tensors)
        .stream().mapToLong(t -> t.dtype().bytes(t.shape().elements())).sum();
  }
}
