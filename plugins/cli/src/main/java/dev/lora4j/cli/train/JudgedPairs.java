package dev.lora4j.cli.train;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.generate.PictureMaking;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import java.awt.Color;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Pairs that the base draws, with the adapter that is trained further if there is one, and judges
 * tell apart: of the pictures of each prompt the best and the worst. Pictures are made in the same
 * batches whenever a run is stopped, so that the same command makes the same pairs.
 */
final class JudgedPairs {
  /** The list of the pairs, which the command takes too. */
  static final String LIST = "pairs.jsonl";

  /** Pictures that are made together. */
  private static final int AT_ONCE = 8;

  private static final int STEPS = 20;
  private static final int DIGITS = 8;
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private final Console console;
  private final StableDiffusion sd;
  private final Optional<Adapter> drawing;
  private final JudgeOptions options;
  private final List<String> prompts;
  private final long seed;

  /**
   * Pairs of prompts.
   *
   * @param drawing an adapter that draws
   * @param seed of the first picture; the next ones count up
   */
  JudgedPairs(
      Console console,
      StableDiffusion sd,
      Optional<Adapter> drawing,
      JudgeOptions options,
      List<String> prompts,
      long seed) {
    this.console = console;
    this.sd = sd;
    this.drawing = drawing;
    this.options = options;
    this.prompts = List.copyOf(prompts);
    this.seed = seed;
  }

  /**
   * Makes what is missing of pictures and pairs.
   *
   * @param parent holds a folder for each choice of prompts and judges
   * @return the list of pairs
   */
  Path in(Path parent) {
    Path folder = parent.resolve("pairs-" + digest());
    Path drawn = folder.resolve("drawn");
    OutputFile.folder(drawn);
    draw(drawn);
    int each = options.perPrompt();
    List<Picture> pictures = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < prompts.size() * each; i++) {
      pictures.add(picture(file(drawn, i)));
      texts.add(prompts.get(i / each));
    }
    double[] scores = new PairJudge(options.kinds()).scores(sd.scope().engine(), pictures, texts);
    return pairs(folder, scores);
  }

  private void draw(Path drawn) {
    int all = prompts.size() * options.perPrompt();
    List<Integer> missing = new ArrayList<>();
    for (int first = 0; first < all; first += AT_ONCE) {
      int end = Math.min(all, first + AT_ONCE);
      boolean whole = true;
      for (int i = first; i < end; i++) {
        whole &= Files.exists(file(drawn, i));
      }
      for (int i = first; i < end && !whole; i++) {
        missing.add(i);
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    console.note("Draws " + missing.size() + " pictures to be judged, in " + drawn + ".");
    MixPlan plan = drawing.map(a -> MixPlan.of(a, 1)).orElse(MixPlan.NONE);
    List<Prompt> asked =
        missing.stream()
            .map(
                i ->
                    Prompt.of(prompts.get(i / options.perPrompt()))
                        .seed(seed + i)
                        .steps(STEPS)
                        .mix(plan))
            .toList();
    try (PictureMaking making = new PictureMaking(console, sd, asked, AT_ONCE)) {
      for (int i : missing) {
        making.next().save(file(drawn, i));
      }
    }
  }

  private Path pairs(Path folder, double[] scores) {
    int each = options.perPrompt();
    OutputFile.folder(folder.resolve("better"));
    OutputFile.folder(folder.resolve("worse"));
    StringBuilder lines = new StringBuilder();
    double apart = 0;
    int equal = 0;
    for (int prompt = 0; prompt < prompts.size(); prompt++) {
      int best = prompt * each;
      int worst = best;
      for (int i = best; i < (prompt + 1) * each; i++) {
        best = scores[i] > scores[best] ? i : best;
        worst = scores[i] < scores[worst] ? i : worst;
      }
      if (scores[best] == scores[worst]) {
        equal++;
        continue;
      }
      apart += scores[best] - scores[worst];
      String name = String.format(Locale.ROOT, "%05d.png", prompt + 1);
      copy(file(folder.resolve("drawn"), best), folder.resolve("better").resolve(name));
      copy(file(folder.resolve("drawn"), worst), folder.resolve("worse").resolve(name));
      OutputFile.text(
          OutputFile.beside(folder.resolve("better").resolve(name), ".txt"),
          prompts.get(prompt) + "\n");
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("prompt", prompts.get(prompt));
      line.put("better", "better/" + name);
      line.put("worse", "worse/" + name);
      line.put("better_score", scores[best]);
      line.put("worse_score", scores[worst]);
      lines.append(line(line)).append('\n');
    }
    int pairs = prompts.size() - equal;
    if (pairs == 0) {
      throw new Failure(
          "The judges score all pictures of each prompt alike, so there are no pairs; draw more by"
              + " --per-prompt or --samples.");
    }
    Path list = folder.resolve(LIST);
    OutputFile.text(list, lines.toString());
    console.note(
        String.format(
            Locale.ROOT,
            "%d pairs in %s, of whose pictures the better scores %.3f more on average%s.",
            pairs,
            list,
            apart / pairs,
            equal == 0 ? "" : "; " + equal + " prompts make none, as all score alike"));
    return list;
  }

  /** JSON in one line. */
  static String line(Map<String, Object> fields) {
    return GSON.toJson(fields);
  }

  private static void copy(Path from, Path to) {
    try {
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new Failure(to + " cannot be written: " + ErrorExplanation.of(e), e);
    }
  }

  private static Picture picture(Path file) {
    try {
      return Picture.of(
          file.toString(),
          "",
          PictureFile.read(file).decode().image(),
          PairJudge.SIDE,
          PairJudge.SIDE,
          Color.WHITE);
    } catch (PictureFileException e) {
      throw new Failure(file + " " + e.sentence(), e);
    }
  }

  private Path file(Path folder, int number) {
    int each = options.perPrompt();
    return folder.resolve(
        String.format(Locale.ROOT, "%05d-%02d.png", number / each + 1, number % each + 1));
  }

  /** Of all that decides the pairs. */
  private String digest() {
    DiffusionModel base = sd.base();
    String all =
        String.join(
            "\n",
            drawing.map(Adapter::identity).orElse(""),
            base.hash(),
            base.configuration(),
            base.precision().text(),
            Long.toString(seed),
            Integer.toString(STEPS),
            Integer.toString(options.perPrompt()),
            options.kinds().toString(),
            String.join("\n", prompts));
    return Digests.hex(all.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
  }
}
