package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Names;
import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.OutputMixer;
import dev.lora4j.spi.ExtensionInfo;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.SettingInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The mixer that makes one adapter of several. */
final class MixerOption {
  /** The mixer that a sum without a rank takes, and that with one. */
  static final String LINEAR = "linear";

  static final String SVD = "svd";

  @Option(
      names = "--mixer",
      paramLabel = "NAME[:KEY=VALUE,...]",
      converter = MixerReader.class,
      completionCandidates = Names.OfMergingMixers.class,
      description = "One of those below (default: linear, or svd if a rank is asked for).")
  private Optional<Mixer> asked = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of mixers that draw by chance (default: 0).")
  long seed;

  /** Lists the mixers below the options, from their indexes. */
  @Spec(Spec.Target.MIXEE)
  void list(CommandSpec command) {
    List<String> lines = new ArrayList<>(List.of("", "Mixers:"));
    for (Extensions.Installed mixer : Extensions.installed().list(Mixer.class)) {
      ExtensionInfo info = mixer.info();
      if (!info.is(DeltaMixer.class)) {
        continue;
      }
      lines.add("  " + info.name() + ": " + info.help().replace("%", "%%"));
      for (SettingInfo setting : info.settings()) {
        lines.add("      " + setting(setting).replace("%", "%%"));
      }
    }
    lines.add("");
    lines.add(
        "Those that say what adapters weigh, as lbw does, are taken too, where that is the same"
            + " in");
    lines.add("all steps and places of a picture. 'lora4j plugins list' has them.");
    command.usageMessage().footer(lines.toArray(String[]::new));
  }

  private static String setting(SettingInfo setting) {
    return setting.name()
        + "  "
        + setting.help()
        + "; "
        + setting.expected()
        + setting.defaultValue().map(o -> " (default: " + o + ")").orElse(", must be given");
  }

  /**
   * The requested mixer; {@code otherwise} without a request.
   *
   * @throws IllegalArgumentException if no one adapter can do the same
   */
  Mixer mixer(String otherwise) {
    Mixer mixer = asked.orElseGet(() -> Extensions.installed().make(Mixer.class, otherwise));
    if (mixer instanceof OutputMixer) {
      throw new IllegalArgumentException(
          "the mixer "
              + ExtensionRequest.of(mixer).name()
              + " blends what the denoiser gives in each step, so there is no one adapter of what"
              + " it does; give it to generate");
    }
    return mixer;
  }

  /**
   * The mixer of deltas: the mixer itself, or {@code otherwise} beside one that only weighs
   * adapters.
   */
  static DeltaMixer deltas(Mixer mixer, String otherwise) {
    return mixer instanceof DeltaMixer own
        ? own
        : (DeltaMixer) Extensions.installed().make(Mixer.class, otherwise);
  }
}
