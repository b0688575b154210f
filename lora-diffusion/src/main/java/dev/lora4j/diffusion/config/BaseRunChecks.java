package dev.lora4j.diffusion.config;

import dev.lora4j.diffusion.dataset.Atlas;
import java.util.ArrayList;
import java.util.List;

/** Checks of settings of a base run that exclude each other. */
final class BaseRunChecks {
  private final RunValues values;
  private final List<String> problems = new ArrayList<>();

  private BaseRunChecks(RunValues values) {
    this.values = values;
  }

  /** A sentence for each. */
  static List<String> problems(RunValues values) {
    BaseRunChecks fit = new BaseRunChecks(values);
    fit.divided(BaseKeys.VAE_CHANNELS, BaseKeys.VAE_GROUPS);
    boolean configs = values.find(BaseKeys.CONFIGS).isPresent();
    if (configs) {
      fit.instead();
    } else {
      fit.divided(BaseKeys.UNET_CHANNELS, BaseKeys.UNET_GROUPS);
      fit.heads();
      fit.resolutions();
    }
    fit.styles();
    return List.copyOf(fit.problems);
  }

  /** Refuses keys that would say what the folder of configurations says. */
  private void instead() {
    for (RunKey<?> key : BaseKeys.INSTEAD_OF_CONFIGS) {
      if (!values.origin(key).equals(RunValues.DEFAULT)) {
        problems.add(
            values.origin(key)
                + ": "
                + key.name()
                + " has no effect beside "
                + BaseKeys.CONFIGS.name()
                + ", whose files say it; leave one of them out.");
      }
    }
  }

  private void divided(RunKey<List<Integer>> channels, RunKey<Integer> groups) {
    int parts = values.get(groups);
    for (int c : values.get(channels)) {
      if (c % parts != 0) {
        problems.add(
            channels.name()
                + " has "
                + c
                + ", no multiple of "
                + groups.name()
                + " = "
                + parts
                + ".");
      }
    }
  }

  private void heads() {
    List<Integer> channels = values.get(BaseKeys.UNET_CHANNELS);
    List<Integer> heads = values.get(BaseKeys.UNET_HEADS);
    if (channels.size() != heads.size()) {
      problems.add(
          "denoiser.heads has "
              + heads.size()
              + " numbers and denoiser.channels "
              + channels.size()
              + "; there is one for each resolution.");
      return;
    }
    for (int i = 0; i < heads.size(); i++) {
      multiple("denoiser.channels", channels.get(i), "heads", heads.get(i));
    }
    multiple(
        BaseKeys.TEXT_WIDTH.name(),
        values.get(BaseKeys.TEXT_WIDTH),
        "heads",
        values.get(BaseKeys.TEXT_HEADS));
  }

  private void multiple(String key, int n, String what, int parts) {
    if (n % parts != 0) {
      problems.add(key + " has " + n + ", which " + parts + " " + what + " cannot share.");
    }
  }

  /** Checks the sides: each resolution but the first halves them. */
  private void resolutions() {
    int vae = values.get(BaseKeys.VAE_CHANNELS).size();
    int unet = values.get(BaseKeys.UNET_CHANNELS).size();
    if (vae < 1 || unet < 1) {
      problems.add("vae.channels and denoiser.channels need a number for each resolution.");
    } else if (vae + unet - 2 > Integer.numberOfTrailingZeros(Atlas.SIDE)) {
      problems.add(
          "vae.channels and denoiser.channels together halve the sides of pictures "
              + (vae + unet - 2)
              + " times, and pictures have "
              + Atlas.SIDE
              + " pixels.");
    }
  }

  private void styles() {
    for (StageKeys stage : List.of(BaseKeys.VAE, BaseKeys.DENOISER)) {
      if (values.get(stage.styles()).isEmpty()) {
        problems.add(stage.styles().name() + " is empty; name at least one style of the data.");
      }
    }
    List<String> known = values.get(BaseKeys.DENOISER.styles());
    values
        .find(BaseKeys.SCORE_STYLE)
        .filter(style -> !known.contains(style))
        .ifPresent(
            style ->
                problems.add(
                    "score.style is \""
                        + style
                        + "\", which is not among denoiser.styles: "
                        + String.join(", ", known)
                        + "."));
  }
}
