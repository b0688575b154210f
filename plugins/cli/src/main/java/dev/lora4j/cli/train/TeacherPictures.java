package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.generate.PictureMaking;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Pictures that a teacher draws to teach with, each with its prompt beside it. They are made in
 * batches of the same pictures whenever a run is stopped, so that the same command makes the same.
 */
final class TeacherPictures {
  /** Pictures that are made together. */
  private static final int AT_ONCE = 8;

  private static final int STEPS = 20;
  private static final int DIGITS = 8;

  private final Console console;
  private final StableDiffusion sd;
  private final Path parent;
  private final List<String> prompts;
  private final long seed;

  /**
   * Pictures of prompts.
   *
   * @param parent holds a folder for each teacher
   * @param seed of the first picture; the next ones count up
   */
  TeacherPictures(
      Console console, StableDiffusion sd, Path parent, List<String> prompts, long seed) {
    this.console = console;
    this.sd = sd;
    this.parent = parent;
    this.prompts = List.copyOf(prompts);
    this.seed = seed;
  }

  /**
   * Makes the pictures that are missing.
   *
   * @param words that call the teacher; empty for none
   * @return their folder
   */
  Path of(String name, Adapter teacher, double weight, String words) {
    MixPlan plan = MixPlan.of(teacher, weight);
    Path folder = parent.resolve(name + "-" + digest(teacher, weight, words));
    OutputFile.folder(folder);
    List<Integer> missing = new ArrayList<>();
    for (int first = 0; first < prompts.size(); first += AT_ONCE) {
      int end = Math.min(prompts.size(), first + AT_ONCE);
      boolean whole = true;
      for (int i = first; i < end; i++) {
        whole &= Files.exists(file(folder, i));
      }
      for (int i = first; i < end && !whole; i++) {
        missing.add(i);
      }
    }
    if (missing.isEmpty()) {
      return folder;
    }
    console.note(name + " draws " + missing.size() + " pictures to teach with, in " + folder + ".");
    List<Prompt> asked = missing.stream().map(i -> prompt(i, words).mix(plan)).toList();
    try (PictureMaking making = new PictureMaking(console, sd, asked, AT_ONCE)) {
      for (int i : missing) {
        OutputFile.text(OutputFile.beside(file(folder, i), ".txt"), prompts.get(i) + "\n");
        making.next().save(file(folder, i));
      }
    }
    return folder;
  }

  private static Path file(Path folder, int number) {
    return folder.resolve(String.format(Locale.ROOT, "%05d.png", number + 1));
  }

  private Prompt prompt(int number, String words) {
    String text = words.isEmpty() ? prompts.get(number) : words + ", " + prompts.get(number);
    return Prompt.of(text).seed(seed + number).steps(STEPS);
  }

  /** Of all that decides the pictures. */
  private String digest(Adapter teacher, double weight, String words) {
    DiffusionModel base = sd.base();
    String all =
        String.join(
            "\n",
            teacher.identity(),
            Double.toString(weight),
            words,
            base.hash(),
            base.configuration(),
            base.precision().text(),
            Long.toString(seed),
            Integer.toString(STEPS),
            String.join("\n", prompts));
    return Digests.hex(all.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
  }
}
