package dev.lora4j.diffusion.evaluation;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.imageio.ImageIO;

/**
 * Pictures of an evaluation: each concept and seed with the base alone and with the adapter, and
 * some whose prompt names another style. Each is saved when it is made.
 *
 * @param folder where they go, with the manifest
 * @param style what the judged style is called
 * @param adapter what the adapter is called
 * @param weight its weight
 * @param plain settings of all prompts; the first seed; its text is that of prompts about the
 *     style, with {@link #CONCEPT} where the concept stands, and empty for the concept alone
 * @param perConcept pictures for each concept, each with a seed of its own
 * @param otherStyle what the prompts end with that are not about the style; empty for none
 * @param others how many concepts they are about
 * @param side height and width that the judges look at
 */
public record EvaluationPictures(
    Path folder,
    String style,
    String adapter,
    double weight,
    Prompt plain,
    int perConcept,
    String otherStyle,
    int others,
    int side) {
  /** Pictures of one call of the pipeline. */
  public static final int AT_ONCE = 8;

  /** Place of the concept in a prompt. */
  public static final String CONCEPT = "{concept}";

  /** Checks that pictures of the style and of the other one are distinguishable. */
  public EvaluationPictures {
    if (otherStyle.equals(style)) {
      throw new EvaluationException(
          "The prompts that are not about the style "
              + style
              + " would end with its name; take another style for them, or '' for none.");
    }
  }

  /**
   * Request of a picture.
   *
   * @param concept number of the concept that it is to show
   * @param style the style that is judged, or the other one
   * @param weight of the adapter; 0 for the base alone
   * @param file name to save it by
   */
  public record Request(int concept, String style, double weight, Prompt prompt, String file) {}

  /**
   * Requests of all pictures.
   *
   * @param mix the adapter; {@link MixPlan#NONE} for the base alone
   * @param concepts names by number
   */
  public List<Request> requests(MixPlan mix, Map<Integer, String> concepts) {
    List<Request> requests = new ArrayList<>();
    // All of the base before all of the adapter: pictures of one mix are made together.
    add(requests, concepts, MixPlan.NONE, 0);
    if (!mix.parts().isEmpty()) {
      add(requests, concepts, mix, weight);
    }
    return List.copyOf(requests);
  }

  /**
   * Requests of the adapter's pictures, without those of the base.
   *
   * @param mix the adapter
   * @param concepts names by number
   */
  public List<Request> adapted(MixPlan mix, Map<Integer, String> concepts) {
    List<Request> requests = new ArrayList<>();
    add(requests, concepts, mix, weight);
    return List.copyOf(requests);
  }

  /** Makes and saves the pictures of requests, {@link #AT_ONCE} at a time. */
  public List<JudgedPicture> make(StableDiffusion sd, List<Request> requests) {
    List<Prompt> prompts = requests.stream().map(Request::prompt).toList();
    Deque<GeneratedImage> ready = new ArrayDeque<>();
    int[] begun = {0};
    return save(
        requests,
        () -> {
          if (ready.isEmpty()) {
            int end = Math.min(prompts.size(), begun[0] + AT_ONCE);
            ready.addAll(sd.generate(prompts.subList(begun[0], end), StepListener.NONE));
            begun[0] = end;
          }
          return ready.remove();
        });
  }

  /**
   * Saves the pictures of requests, each when it is made, and the manifest of those that were.
   *
   * @param images gives the next picture
   */
  public List<JudgedPicture> save(List<Request> requests, Supplier<GeneratedImage> images) {
    return kept(
        requests,
        (request, file) -> {
          GeneratedImage image = images.get();
          image.save(file);
          return image.image();
        });
  }

  /**
   * The same with pictures that came as PNG files.
   *
   * @param files gives the content of a request's file; called once for each, in their order
   */
  public List<JudgedPicture> saveFiles(List<Request> requests, Function<Request, byte[]> files) {
    return kept(
        requests,
        (request, file) -> {
          byte[] content = files.apply(request);
          try {
            AtomicFile.write(file, content);
            return Optional.ofNullable(ImageIO.read(new ByteArrayInputStream(content)))
                .orElseThrow(() -> new IOException("it is no picture"));
          } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file + ": " + e.getMessage(), e);
          }
        });
  }

  private List<JudgedPicture> kept(
      List<Request> requests, BiFunction<Request, Path, BufferedImage> saving) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make the folder " + folder + ": " + e, e);
    }
    List<JudgedPicture> made = new ArrayList<>();
    try {
      for (Request one : requests) {
        BufferedImage image = saving.apply(one, folder.resolve(one.file()));
        Picture picture = Picture.of(one.file(), "", image, side, side, Color.WHITE);
        made.add(
            new JudgedPicture(
                one.file(),
                one.concept(),
                one.style(),
                one.weight() == 0 ? JudgedPicture.NONE : adapter,
                one.weight(),
                one.prompt().seed(),
                picture,
                Optional.empty()));
      }
    } finally {
      EvaluationManifest.write(folder, made);
    }
    return List.copyOf(made);
  }

  private void add(
      List<Request> requests, Map<Integer, String> concepts, MixPlan mix, double weight) {
    int at = 0;
    for (Map.Entry<Integer, String> concept : concepts.entrySet()) {
      for (int k = 0; k < perConcept; k++) {
        long seed = plain.seed() + (long) at * perConcept + k;
        Prompt prompt = plain.text(about(concept.getValue())).seed(seed).mix(mix);
        requests.add(request(concept, style, weight, prompt));
      }
      if (!otherStyle.isEmpty() && at < others) {
        String text = concept.getValue() + ", " + otherStyle;
        Prompt prompt = plain.text(text).seed(plain.seed() + (long) at * perConcept).mix(mix);
        requests.add(request(concept, otherStyle, weight, prompt));
      }
      at++;
    }
  }

  private String about(String concept) {
    return plain.text().isEmpty() ? concept : plain.text().replace(CONCEPT, concept);
  }

  private static Request request(
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
    return new Request(concept.getKey(), style, weight, prompt, file);
  }
}
