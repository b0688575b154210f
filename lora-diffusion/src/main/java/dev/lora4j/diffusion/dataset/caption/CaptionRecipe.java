package dev.lora4j.diffusion.dataset.caption;

import static java.util.Comparator.comparingInt;

import dev.lora4j.core.train.SeededNoise;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes the caption of one draw from a picture's caption, in kohya's order: trigger, prefix and
 * suffix; dropout of the whole; one of several lines, wildcards; shuffling and leaving out tags;
 * the secondary separator. The same numbers give the same caption.
 */
public record CaptionRecipe(CaptionSettings settings) {
  /** Placeholder of the trigger words in a caption. */
  public static final String TRIGGER = "[trigger]";

  /**
   * The caption of a draw.
   *
   * @param caption as it was written; {@link #TRIGGER} in it is replaced
   * @param epoch counted from 0
   * @param noise the draw's own random numbers
   */
  public String caption(String caption, long epoch, SeededNoise noise) {
    // Always drawn, so that the wildcards do not change when dropout is turned on.
    double fate = noise.uniform();
    boolean emptyEpoch =
        settings.dropoutEpochs() > 0 && (epoch + 1) % settings.dropoutEpochs() == 0;
    if (fate < settings.dropout() || emptyEpoch) {
      return "";
    }
    String chosen = chosen(dressed(caption), noise);
    boolean mixes = settings.shuffle() || settings.tagDropout() > 0;
    return joined(mixes || separates(chosen) ? mixed(chosen, settings, noise) : chosen);
  }

  /**
   * The first line with all of its tags in their order and the first of each choice: what a plan
   * shows, and samples of a validation are captioned with.
   */
  public String plain(String caption) {
    return whole(firstLine(dressed(caption)), choices -> choices.get(0));
  }

  /** Longest captions of draws: of each line that may be used, with its longest choices. */
  public List<String> longest(String caption) {
    Stream<String> lines = dressed(caption).lines();
    return (settings.wildcards() ? lines : lines.limit(1))
        .map(line -> whole(line, all -> Collections.max(all, comparingInt(String::length))))
        .toList();
  }

  /** A line with all of its tags in their order. */
  private String whole(String line, Function<List<String>, String> choice) {
    String chosen = settings.wildcards() ? Wildcards.resolved(line, choice) : line;
    return joined(
        separates(chosen) ? mixed(chosen, CaptionSettings.DEFAULT, SeededNoise.of(0)) : chosen);
  }

  private boolean separates(String caption) {
    String keep = settings.keepTokensSeparator();
    return !keep.isEmpty() && caption.contains(keep);
  }

  private String joined(String caption) {
    String second = settings.secondarySeparator();
    return (second.isEmpty() ? caption : caption.replace(second, settings.separator())).strip();
  }

  private String chosen(String caption, SeededNoise noise) {
    if (!settings.wildcards()) {
      return firstLine(caption);
    }
    List<String> lines = caption.lines().toList();
    String line = lines.isEmpty() ? "" : lines.get(noise.index(lines.size()));
    return Wildcards.resolved(line, noise);
  }

  private static String firstLine(String caption) {
    return caption.lines().findFirst().orElse("");
  }

  /** Each line with trigger, prefix and suffix, as any of them may be the one that is used. */
  private String dressed(String caption) {
    return caption.isBlank()
        ? dressedLine("")
        : caption
            .lines()
            .filter(line -> !line.isBlank())
            .map(this::dressedLine)
            .collect(Collectors.joining("\n"));
  }

  private String dressedLine(String line) {
    String trigger = settings.trigger();
    String whole = around(line);
    if (whole.contains(TRIGGER)) {
      return whole.replace(TRIGGER, trigger);
    }
    if (trigger.isEmpty() || new WholeWords(trigger).in(whole)) {
      return whole;
    }
    return around(line.isBlank() ? trigger : trigger + settings.separator() + " " + line);
  }

  private String around(String line) {
    return Stream.of(settings.prefix(), line, settings.suffix())
        .filter(part -> !part.isBlank())
        .collect(Collectors.joining(" "));
  }

  /**
   * Part of a caption.
   *
   * @param called whether it holds the trigger, and so stays where it is
   */
  private record Tag(String text, boolean called) {}

  /** Shuffles tags and leaves some out, by {@code how}. */
  private String mixed(String caption, CaptionSettings how, SeededNoise noise) {
    List<Tag> kept = new ArrayList<>();
    List<Tag> flexible = new ArrayList<>();
    List<Tag> last = new ArrayList<>();
    if (separates(caption)) {
      String[] parts = caption.split(Pattern.quote(settings.keepTokensSeparator()), 3);
      kept.addAll(tags(parts[0]));
      flexible.addAll(tags(parts[1]));
      last.addAll(parts.length > 2 ? tags(parts[2]) : List.of());
    } else {
      List<Tag> all = tags(caption);
      int count = Math.min(all.size(), settings.keepTokens());
      kept.addAll(all.subList(0, count));
      flexible.addAll(all.subList(count, all.size()));
    }
    List<Tag> free = flexible.stream().filter(tag -> !tag.called()).toList();
    int[] order = noise.permutation(free.size());
    int next = 0;
    for (Tag tag : flexible) {
      if (tag.called()) {
        kept.add(tag);
      } else {
        if (noise.uniform() >= how.tagDropout()) {
          kept.add(free.get(how.shuffle() ? order[next] : next));
        }
        next++;
      }
    }
    kept.addAll(last);
    // As sd-scripts joins them, whatever separated them.
    return kept.stream().map(Tag::text).collect(Collectors.joining(", "));
  }

  /** The tags of a text in their order; a trigger with separators in it is not cut. */
  private List<Tag> tags(String text) {
    String trigger = settings.trigger();
    String separator = "(?<cut>" + Pattern.quote(settings.separator()) + ")";
    Matcher found =
        Pattern.compile(
                trigger.isEmpty() ? separator : new WholeWords(trigger).regex() + "|" + separator)
            .matcher(text);
    List<Tag> tags = new ArrayList<>();
    int from = 0;
    boolean called = false;
    while (found.find()) {
      if (found.group("cut") == null) {
        called = true;
      } else {
        tags.add(new Tag(text.substring(from, found.start()).strip(), called));
        from = found.end();
        called = false;
      }
    }
    tags.add(new Tag(text.substring(from).strip(), called));
    tags.removeIf(tag -> tag.text().isEmpty());
    return tags;
  }
}
