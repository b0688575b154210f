package dev.lora4j.cli.text;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.align.OnPolicySettings;
import dev.lora4j.text.model.TextModelOutline;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.PolicyTeacher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options of the teacher of what a model writes itself. */
final class TeacherOptions {
  /** Names of all of them, without dashes. */
  static final List<String> NAMES =
      List.of("teacher", "teacher-lora", "on-policy", "teacher-writes");

  @Option(
      names = "--teacher",
      paramLabel = "PATH",
      description =
          "Model that distill learns from, a folder or a .gguf file with the same tokens as the base"
              + " (default: the base itself, which then needs --teacher-lora).")
  private Optional<Path> model = Optional.empty();

  @Option(
      names = "--teacher-lora",
      paramLabel = "FILE[:WEIGHT]",
      converter = LoraOption.Reader.class,
      description = "Adapter of the teacher. May be given several times.")
  private List<LoraOption> loras = new ArrayList<>();

  @Option(
      names = "--on-policy",
      paramLabel = "SHARE",
      description =
          "Probability with which the student writes the answers of a batch itself, from 0 to 1; of the"
              + " others it learns the data's completion (default: 1).")
  private Optional<Double> share = Optional.empty();

  @Option(
      names = "--teacher-writes",
      description =
          "Of batches that the student does not write, let the teacher write the answers.")
  private boolean teacherWrites;

  /** Refuses all of them for a method without a teacher. */
  void refuse(CommandSpec spec, AlignmentMethod method) {
    UnusedOptions.refuse(
        spec,
        NAMES.stream().map(name -> "--" + name).toList(),
        method + ", which has no teacher; take distill");
  }

  /**
   * Refuses a teacher that is none, before a model is loaded.
   *
   * @param base path of the student's base
   */
  void require(CommandSpec spec, Path base) {
    if (model.isEmpty() && loras.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "distill needs a teacher: --teacher MODEL with the same tokens, --teacher-lora ADAPTER of"
              + " the base, or both.");
    }
    if (!(share() >= 0 && share() <= 1)) {
      throw new ParameterException(
          spec.commandLine(), "--on-policy is from 0 to 1, found " + share() + ".");
    }
    if (teacherWrites && share() == 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--teacher-writes does nothing where the student writes all; give --on-policy below 1.");
    }
    LoraOption.requireForTexts(loras);
    Path path = model.map(TeacherOptions::existing).orElse(base);
    TextModelOutline.network(path);
    if (!loras.isEmpty()) {
      Family layers = TextModelOutline.layers(path, String.valueOf(path.getFileName()), 0);
      loras.forEach(lora -> AdapterFiles.read(lora.file(), layers));
    }
  }

  /**
   * Refuses options that do nothing, as the student writes too little.
   *
   * @param heldOut share of the prompts that are only answered
   */
  void refuseOthers(CommandSpec spec, double heldOut) {
    if (!takesCompletions()) {
      WritingOptions.refuseLength(spec, AlignmentMethod.distill);
    }
    if (share() > 0) {
      return;
    }
    UnusedOptions.refuse(
        spec, List.of("--show-every"), "--on-policy 0, with which the student writes in no step");
    if (heldOut == 0 && !teacherWrites) {
      UnusedOptions.refuse(
          spec,
          WritingOptions.MANNER.stream().map(name -> "--" + name).toList(),
          "--on-policy 0 and --held-out 0, with which nothing is written");
    }
  }

  private double share() {
    return share.orElse(1.0);
  }

  /** True if completions of the data are learned. */
  boolean takesCompletions() {
    return share() < 1 && !teacherWrites;
  }

  /** Settings with what is not written by the student. */
  OnPolicySettings on(OnPolicySettings settings) {
    return settings.writing(share(), teacherWrites);
  }

  private static Path existing(Path path) {
    return GgufFile.named(path) ? ExistingPath.any(path) : ExistingPath.folder(path);
  }

  /** The teacher's own model, if it is not the student's base. */
  Optional<Path> model() {
    return model;
  }

  /** The teacher on a model that is open. */
  PolicyTeacher on(Console console, LanguageModel open) {
    MixPlan plan = LoraOption.plan(console, loras, open.base(), open::loadAdapter);
    return new PolicyTeacher(open, plan);
  }

  /** The teacher, as a part of a sentence. */
  String described() {
    String adapters = loras.isEmpty() ? "" : " with " + LoraOption.names(loras);
    return model.map(Path::toString).orElse("the base") + adapters;
  }
}
