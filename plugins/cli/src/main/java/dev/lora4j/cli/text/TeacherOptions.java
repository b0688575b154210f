package dev.lora4j.cli.text;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.model.TextModel;
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
  static final List<String> NAMES = List.of("teacher", "teacher-lora");

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
    LoraOption.requireForTexts(loras);
    Path path = model.map(TeacherOptions::existing).orElse(base);
    TextModel.outline(path);
    if (!loras.isEmpty()) {
      Family layers = TextModel.layers(path, String.valueOf(path.getFileName()), 0);
      loras.forEach(lora -> AdapterFiles.read(lora.file(), layers));
    }
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
