package dev.lora4j.diffusion.evaluation;

import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.dataset.PictureFolder;
import dev.lora4j.diffusion.judge.ControlPictures;
import dev.lora4j.diffusion.judge.JudgeCriteria;
import dev.lora4j.diffusion.judge.TruthRank;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
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
public record JudgedStyle(
    String name, Optional<String> label, Map<Integer, Picture> truths, Picture mean) {
  /** Number of truths that a picture is compared with. */
  private static final int AMONG = 100;

  /** Names in a message. */
  private static final int SOME = 5;

  /** Copies the map, in its order. */
  public JudgedStyle {
    truths = Collections.unmodifiableMap(new LinkedHashMap<>(truths));
  }

  /** A style that a classifier knows, with true pictures, whose mean is taken. */
  public static JudgedStyle labelled(String name, String label, Map<Integer, Picture> truths) {
    Picture mean = ControlPictures.mean(List.copyOf(truths.values()));
    return new JudgedStyle(name, Optional.of(label), truths, mean);
  }

  /**
   * The style of a folder of true pictures, whose captions are names of concepts.
   *
   * @param concepts names of all concepts, by number
   * @param side height and width that the judges look at
   * @param notes receives sentences about pictures that do not count
   * @throws EvaluationException if fewer than two pictures count
   */
  public static JudgedStyle folder(
      Path folder, List<String> concepts, int side, Consumer<String> notes) {
    List<Picture> pictures = PictureFolder.read(folder, side, side);
    List<String> names = concepts.stream().map(n -> n.toLowerCase(Locale.ROOT)).toList();
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
      throw new EvaluationException(
          folder
              + " must hold true pictures of at least 2 concepts that the retrieval knows, captioned"
              + " by their names; found "
              + truths.size()
              + (unknown.isEmpty() ? "" : ", and not known " + String.join(", ", some(unknown)))
              + ".");
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
  public static JudgedStyle examples(Path folder, int side) {
    Picture mean = ControlPictures.mean(PictureFolder.read(folder, side, side));
    return new JudgedStyle(name(folder), Optional.empty(), Map.of(), mean);
  }

  private static String name(Path folder) {
    return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
  }

  private static List<String> some(List<String> all) {
    return all.size() <= SOME ? all : all.subList(0, SOME);
  }

  /**
   * Checks that pictures can be judged by this style.
   *
   * @throws EvaluationException if none is in it, or if true pictures are missing
   */
  public void require(List<JudgedPicture> pictures) {
    List<JudgedPicture> own = pictures.stream().filter(p -> p.style().equals(name)).toList();
    if (own.isEmpty()) {
      throw new EvaluationException(
          "The manifest lists no picture of the style "
              + name
              + ", but of "
              + String.join(", ", pictures.stream().map(JudgedPicture::style).distinct().toList())
              + "; judge by one of them.");
    }
    List<String> missing =
        own.stream()
            .map(JudgedPicture::concept)
            .filter(c -> !truths.isEmpty() && !truths.containsKey(c))
            .distinct()
            .map(String::valueOf)
            .toList();
    if (!missing.isEmpty()) {
      throw new EvaluationException(
          "There are no true pictures in "
              + name
              + " of "
              + missing.size()
              + " concepts in the manifest ("
              + String.join(", ", some(missing))
              + "); score concepts that are held out.");
    }
  }

  /** What pictures are judged by. */
  public JudgeCriteria criteria() {
    JudgeCriteria labelled = label.map(JudgeCriteria.NONE::style).orElse(JudgeCriteria.NONE);
    return ranking().map(labelled::truths).orElse(labelled);
  }

  /** Ranks of pictures among the truths, if there are any. */
  public Optional<TruthRank> ranking() {
    return truths.isEmpty() ? Optional.empty() : Optional.of(new TruthRank(truths, AMONG));
  }
}
