package dev.lora4j.cli.evaluate;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.dataset.PictureFolder;
import dev.lora4j.diffusion.judge.ControlPictures;
import dev.lora4j.diffusion.judge.TruthRank;
import dev.lora4j.emoji.JudgeFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The style that pictures are judged by.
 *
 * @param name what it is called in the manifest
 * @param label what the classifier calls it; empty if it does not know it
 * @param truths true pictures of held-out concepts, by number; empty if there are none
 * @param mean the mean picture of the style
 */
record JudgedStyle(
    String name, Optional<String> label, Map<Integer, Picture> truths, Picture mean) {
  static final String FORM = "ink, glossy, pixel or a folder of true pictures";

  /** Number of truths that a picture is compared with. */
  private static final int AMONG = 100;

  /** Names in a message. */
  private static final int SOME = 5;

  /**
   * One of the bundled styles, or a folder of true pictures whose captions are concepts.
   *
   * @param notes receives the pictures of a folder that do not count
   */
  static JudgedStyle of(String text, JudgeFolder judge, int side, Consumer<String> notes) {
    return switch (text) {
      case "ink" -> bundled(text, JudgeFolder.INK, judge);
      case "glossy" -> bundled(text, JudgeFolder.GLOSSY, judge);
      case "pixel" ->
          new JudgedStyle(
              text,
              Optional.of(JudgeFolder.PIXEL),
              Map.of(),
              ControlPictures.mean(PictureFolder.read(BundledModel.pixelSet(), side, side)));
      default -> {
        if (Files.notExists(Path.of(text))) {
          throw Failure.usage(
              "There is no style and no folder " + text + "; expected " + FORM + ".");
        }
        yield folder(Path.of(text), judge, side, notes);
      }
    };
  }

  private static JudgedStyle bundled(String name, String label, JudgeFolder judge) {
    Map<Integer, Picture> truths = judge.truths(label);
    Picture mean = ControlPictures.mean(List.copyOf(truths.values()));
    return new JudgedStyle(name, Optional.of(label), truths, mean);
  }

  private static JudgedStyle folder(
      Path folder, JudgeFolder judge, int side, Consumer<String> notes) {
    ExistingPath.folder(folder);
    List<Picture> pictures = PictureFolder.read(folder, side, side);
    List<String> names = judge.names().stream().map(n -> n.toLowerCase(Locale.ROOT)).toList();
    Map<Integer, Picture> truths = new LinkedHashMap<>();
    List<String> unknown = new ArrayList<>();
    List<String> twice = new ArrayList<>();
    for (Picture picture : pictures) {
      int concept = names.indexOf(picture.caption().strip().toLowerCase(Locale.ROOT));
      if (concept < 0) {
        unknown.add("'" + picture.caption() + "'");
      } else if (truths.putIfAbsent(concept, picture) != null) {
        twice.add("'" + picture.caption() + "'");
      }
    }
    tell(notes, folder, unknown, "show no concept that the retrieval knows and are left out");
    tell(notes, folder, twice, "show a concept again, of which the first picture counts");
    if (truths.size() < 2) {
      throw new Failure(
          folder
              + " must hold true pictures of at least 2 concepts that the retrieval knows, captioned"
              + " by their names as in "
              + judge.folder().resolve("concepts.tsv")
              + "; found "
              + truths.size()
              + (unknown.isEmpty() ? "." : ", and not known " + String.join(", ", some(unknown)))
              + (unknown.isEmpty() ? "" : "."));
    }
    return new JudgedStyle(name(folder), Optional.empty(), truths, ControlPictures.mean(pictures));
  }

  private static void tell(Consumer<String> notes, Path folder, List<String> some, String what) {
    if (!some.isEmpty()) {
      String named = String.join(", ", some(some)) + (some.size() > SOME ? ", ..." : "");
      notes.accept(folder + ": " + some.size() + " pictures " + what + ": " + named + ".");
    }
  }

  /** A style of which only examples are known: neither the classifier nor any truth. */
  static JudgedStyle examples(Path folder, int side) {
    Picture mean = ControlPictures.mean(PictureFolder.read(folder, side, side));
    return new JudgedStyle(name(folder), Optional.empty(), Map.of(), mean);
  }

  private static String name(Path folder) {
    return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
  }

  private static List<String> some(List<String> all) {
    return all.size() <= SOME ? all : all.subList(0, SOME);
  }

  /** Fails if no picture is in this style, or if true pictures are missing. */
  void require(List<Judged> pictures) {
    List<Judged> own = pictures.stream().filter(p -> p.style().equals(name)).toList();
    if (own.isEmpty()) {
      throw new Failure(
          "The manifest lists no picture of the style "
              + name
              + ", but of "
              + String.join(", ", pictures.stream().map(Judged::style).distinct().toList())
              + "; name one of them by --style.");
    }
    List<String> missing =
        own.stream()
            .map(Judged::concept)
            .filter(c -> !truths.isEmpty() && !truths.containsKey(c))
            .distinct()
            .map(String::valueOf)
            .toList();
    if (!missing.isEmpty()) {
      throw new Failure(
          "There are no true pictures in "
              + name
              + " of "
              + missing.size()
              + " concepts in the manifest ("
              + String.join(", ", some(missing))
              + "); score concepts that are held out.");
    }
  }

  /** Ranks of pictures among the truths, if there are any. */
  Optional<TruthRank> ranking() {
    return truths.isEmpty() ? Optional.empty() : Optional.of(new TruthRank(truths, AMONG));
  }
}
