package dev.lora4j.cli.evaluate;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.generate.PictureMaking;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.request.Prompt;
import java.awt.Color;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the pictures of an evaluation: each concept and seed with the base alone and with the
 * adapter, and some whose prompt names another style. Each is saved when it is made.
 *
 * @param folder where they go, with the manifest
 * @param style what the judged style is called
 * @param adapter what the adapter is called
 * @param weight its weight
 * @param plain settings of all prompts; the first seed
 * @param perConcept pictures for each concept, each with a seed of its own
 * @param otherStyle what the prompts end with that are not about the style; empty for none
 * @param others how many concepts they are about
 * @param side height and width that the judges look at
 */
record JudgedPictures(
    Path folder,
    String style,
    String adapter,
    double weight,
    Prompt plain,
    int perConcept,
    String otherStyle,
    int others,
    int side) {
  private static final int AT_ONCE = 8;

  /** Checks that pictures of the style and of the other one are distinguishable. */
  JudgedPictures {
    if (otherStyle.equals(style)) {
      throw new Failure(
          "The prompts that are not about the style "
              + style
              + " would end with its name; take another --other-style, or '' for none.");
    }
  }

  /** A picture to make, and its file. */
  private record Wanted(int concept, String style, double weight, Prompt prompt, String file) {}

  /**
   * Makes them.
   *
   * @param mix the adapter; none for the base alone
   * @param concepts names by number
   */
  List<Judged> make(
      Console console, StableDiffusion sd, Optional<MixPlan> mix, Map<Integer, String> concepts) {
    List<Wanted> wanted = new ArrayList<>();
    // All of the base before all of the adapter: pictures of one mix are made together.
    add(wanted, concepts, MixPlan.NONE, 0);
    mix.ifPresent(m -> add(wanted, concepts, m, weight));
    OutputFile.folder(folder);
    List<Judged> made = new ArrayList<>();
    List<Prompt> prompts = wanted.stream().map(Wanted::prompt).toList();
    try (PictureMaking making = new PictureMaking(console, sd, prompts, AT_ONCE)) {
      for (Wanted one : wanted) {
        GeneratedImage image = making.next();
        image.save(folder.resolve(one.file()));
        Picture picture = Picture.of(one.file(), "", image.image(), side, side, Color.WHITE);
        made.add(
            new Judged(
                one.file(),
                one.concept(),
                one.style(),
                one.weight() == 0 ? Judged.NONE : adapter,
                one.weight(),
                one.prompt().seed(),
                picture));
      }
    } finally {
      Manifest.write(folder, made);
    }
    return made;
  }

  private void add(List<Wanted> wanted, Map<Integer, String> concepts, MixPlan mix, double weight) {
    int at = 0;
    for (Map.Entry<Integer, String> concept : concepts.entrySet()) {
      for (int k = 0; k < perConcept; k++) {
        long seed = plain.seed() + (long) at * perConcept + k;
        Prompt prompt = plain.text(concept.getValue()).seed(seed).mix(mix);
        wanted.add(wanted(concept, style, weight, prompt));
      }
      if (!otherStyle.isEmpty() && at < others) {
        String text = concept.getValue() + ", " + otherStyle;
        Prompt prompt = plain.text(text).seed(plain.seed() + (long) at * perConcept).mix(mix);
        wanted.add(wanted(concept, otherStyle, weight, prompt));
      }
      at++;
    }
  }

  private static Wanted wanted(
      Map.Entry<Integer, String> concept, String style, double weight, Prompt prompt) {
    String name = concept.getValue() + "-" + style;
    String file =
        String.format(
            Locale.ROOT,
            "%04d-%s-%s-%d.png",
            concept.getKey(),
            name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-"),
            weight == 0 ? "base" : "adapter",
            prompt.seed());
    return new Wanted(concept.getKey(), style, weight, prompt, file);
  }
}
