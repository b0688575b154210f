package dev.lora4j.cli;

import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.spi.Extensions;
import dev.lora4j.diffusion.sampling.LevelLaw;
import dev.lora4j.diffusion.sampling.Sampler;
import dev.lora4j.diffusion.sampling.Samplers;
import java.util.ArrayList;
import java.util.List;

/** Names that options take, for their help and for completion in shells. */
final class Names {
  private Names() {}

  /** Of all samplers. */
  static final class OfSamplers extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    OfSamplers() {
      super(Samplers.all().stream().map(Sampler::name).toList());
    }
  }

  /** Of all mixers that are installed. */
  static final class OfMixers extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    OfMixers() {
      super(Extensions.installed().list(Mixer.class).stream().map(m -> m.info().name()).toList());
    }
  }

  /** Of all laws of levels. */
  static final class OfLevelLaws extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    OfLevelLaws() {
      super(List.copyOf(LevelLaw.names()));
    }
  }
}
