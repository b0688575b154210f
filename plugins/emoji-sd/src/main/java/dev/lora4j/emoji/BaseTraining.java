package dev.lora4j.emoji;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsException;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.config.BaseRun;
import dev.lora4j.diffusion.config.RunProblems;
import dev.lora4j.diffusion.config.StageSettings;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Makes a base model from random weights, in two stages that follow each other. Each can be stopped
 * at any moment, by an interrupt of the thread or of the process, and resumes from its last
 * checkpoint when it is called again; a finished one does not run again.
 */
public final class BaseTraining {
  private static final String SETTINGS = "base.toml";

  private final Lora4j lora;
  private final BaseRun run;
  private final Consumer<String> log;

  private BaseTraining(Lora4j lora, BaseRun run, Consumer<String> log) {
    this.lora = lora;
    this.run = run;
    this.log = log;
  }

  /**
   * Checks the data and the work folder, and stores the settings there.
   *
   * @param overwrite whether what an earlier run left there is removed
   * @param log takes a line of progress now and then
   * @throws RunProblems if data are missing, or the folder holds a run with other settings
   */
  public static BaseTraining of(Lora4j lora, BaseRun run, boolean overwrite, Consumer<String> log) {
    requireData(run);
    requireUsable(run);
    try {
      Path kept = run.work().resolve(SETTINGS);
      if (overwrite) {
        for (String stage : List.of(VaeStage.NAME, DenoiserStage.NAME)) {
          Files.deleteIfExists(checkpoint(run, stage));
        }
      } else if (Files.exists(kept)) {
        requireSame(run, BaseRun.read(kept, Map.of()));
      }
      Files.createDirectories(run.work());
      AtomicFile.write(kept, run.toml());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot use " + run.work() + ": " + e.getMessage(), e);
    }
    return new BaseTraining(lora, run, log);
  }

  /** Folder of a stage's checkpoint. */
  static Path checkpoint(BaseRun run, String stage) {
    return run.work().resolve(stage + ".checkpoint.safetensors");
  }

  /**
   * Checks whether all data are there.
   *
   * @throws RunProblems if some are missing
   */
  public static void requireData(BaseRun run) {
    Set<String> files = new LinkedHashSet<>(List.of("concepts.tsv"));
    run.autoencoder().stage().styles().forEach(s -> files.add(s + "-" + Recipe.SIDE + ".png"));
    run.denoiser().stage().styles().forEach(s -> files.add(s + "-" + Recipe.SIDE + ".png"));
    List<String> missing =
        files.stream().filter(f -> !Files.isRegularFile(run.data().resolve(f))).toList();
    if (!missing.isEmpty()) {
      throw new RunProblems(
          List.of(
              "data: "
                  + run.data()
                  + " lacks "
                  + String.join(", ", missing)
                  + "; docs/emoji-sd.md says what a folder of atlases holds."));
    }
  }

  /** Refuses, before the first stage, what only the second one would find. */
  private static void requireUsable(BaseRun run) {
    Set<String> problems = new LinkedHashSet<>();
    for (StageSettings stage : List.of(run.autoencoder().stage(), run.denoiser().stage())) {
      try {
        PictureSplit.of(run.data(), stage, run.seed());
      } catch (RunProblems e) {
        problems.addAll(e.problems());
      } catch (IOException e) {
        problems.add("data: " + e.getMessage());
      }
    }
    problems.addAll(wrong(run.autoencoder().stage(), List.of(VaeStage.WEIGHTS)));
    List<String> unfit = new DenoiserConfigs(run, DenoiserStage.side(run)).problems();
    problems.addAll(unfit);
    if (unfit.isEmpty()) {
      problems.addAll(wrong(run.denoiser().stage(), DenoiserStage.files(run)));
    }
    if (!problems.isEmpty()) {
      throw new RunProblems(List.copyOf(problems));
    }
  }

  /** Errors of the files that a stage begins with. */
  private static List<String> wrong(StageSettings stage, List<String> files) {
    List<String> problems = new ArrayList<>();
    for (Path folder : stage.start().stream().toList()) {
      for (String file : files) {
        try {
          Safetensors.open(folder.resolve(file)).close();
        } catch (SafetensorsException e) {
          problems.add("start: " + e.getMessage());
        }
      }
    }
    return problems;
  }

  private static void requireSame(BaseRun run, BaseRun begun) {
    List<String> differences = run.differences(begun);
    if (!differences.isEmpty()) {
      List<String> problems = new ArrayList<>();
      differences.forEach(
          d -> problems.add("The run in " + run.work() + " was begun otherwise: " + d + "."));
      problems.add("Take another work folder, or lose that run by --overwrite.");
      throw new RunProblems(problems);
    }
  }

  /**
   * Trains the autoencoder.
   *
   * @return peak signal-to-noise ratio of held-out pictures that went through it, in dB
   * @throws RunProblems if it would change the autoencoder that a denoiser was trained on
   */
  public double autoencoder() {
    if (Files.exists(checkpoint(run, DenoiserStage.NAME))
        && !BudgetedRun.done(checkpoint(run, VaeStage.NAME), run.autoencoder().stage())) {
      throw new RunProblems(
          List.of(
              "vae: the denoiser in "
                  + run.work()
                  + " was trained on the autoencoder as it is, and would draw nothing after"
                  + " further steps of it. Set vae.steps or vae.minutes back, take another work"
                  + " folder, or begin anew with --overwrite."));
    }
    try {
      return VaeStage.run(lora.engine(), run, log);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * Trains text encoder and denoiser; the autoencoder must be there.
   *
   * @return the mean loss of held-out pictures with fixed noise
   */
  public double denoiser() {
    try {
      List<Picture> heldOut = DenoiserStage.run(lora.engine(), run, log);
      try (StableDiffusion sd =
          StableDiffusion.open(lora, run.folder(), LoadOptions.in(DType.F32))) {
        return BaseValidationLoss.of(sd, heldOut, run.denoiser().gamma());
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private UncheckedIOException unreadable(IOException e) {
    return new UncheckedIOException(
        "Cannot read the atlases in " + run.data() + ": " + e.getMessage(), e);
  }
}
