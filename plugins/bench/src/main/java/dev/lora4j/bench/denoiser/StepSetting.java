package dev.lora4j.bench.denoiser;

import dev.lora4j.core.tensor.DType;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Settings of a contender. It travels between processes as text.
 *
 * @param folder of the denoiser, or of a whole model
 * @param compute the type to compute in
 * @param batch rows
 * @param side height and width of the latents
 * @param route how the adapters take part
 * @param adapters files, all with the same weight
 */
record StepSetting(
    Path folder, DType compute, int batch, int side, Route route, List<Path> adapters) {
  /** Route of the adapters. */
  enum Route {
    /** Not at all. */
    NONE,
    /** Merged into the weights; diffusers calls it fused. */
    MERGED,
    /** Unmerged. */
    UNMERGED,
    /** Unmerged, with other weights of the adapters in each step. */
    SCHEDULED;

    boolean unmerged() {
      return this == UNMERGED || this == SCHEDULED;
    }
  }

  private static final String SEPARATOR = "|";

  /** Weight of an adapter. */
  static final double WEIGHT = 2;

  /** Words of the text that the denoiser attends to. */
  static final int WORDS = 77;

  /** The timestep of each row. */
  static final float TIMESTEP = 500;

  StepSetting {
    adapters = List.copyOf(adapters);
  }

  /** Setting without adapters. */
  static StepSetting plain(Path folder, DType compute, int batch, int side) {
    return new StepSetting(folder, compute, batch, side, Route.NONE, List.of());
  }

  /** A copy with these adapters. */
  StepSetting with(Route other, List<Path> files) {
    return new StepSetting(folder, compute, batch, side, other, files);
  }

  static StepSetting of(String text) {
    String[] parts = text.split("\\" + SEPARATOR, -1);
    List<Path> files = new ArrayList<>();
    for (String file : parts[5].split(File.pathSeparator, -1)) {
      if (!file.isEmpty()) {
        files.add(Path.of(file));
      }
    }
    return new StepSetting(
        Path.of(parts[0]),
        DType.valueOf(parts[1]),
        Integer.parseInt(parts[2]),
        Integer.parseInt(parts[3]),
        Route.valueOf(parts[4]),
        files);
  }

  String text() {
    return String.join(
        SEPARATOR,
        folder.toString(),
        compute.name(),
        Integer.toString(batch),
        Integer.toString(side),
        route.name(),
        files());
  }

  /** The adapters' files in one string. */
  String files() {
    return String.join(File.pathSeparator, adapters.stream().map(Path::toString).toList());
  }
}
