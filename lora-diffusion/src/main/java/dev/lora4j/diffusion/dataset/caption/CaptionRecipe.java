package dev.lora4j.diffusion.dataset.caption;

import dev.lora4j.core.train.Noise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes the caption of one draw from what a picture's caption says, in kohya's order: trigger,
 * prefix and suffix; dropout of the whole; one of several lines, wildcards; shuffling and leaving
 * out tags; the secondary separator. The same numbers give the same caption.
 */
public record CaptionRecipe(CaptionSettings settings) {
  /** Where a caption wants its trigger words. */
  public static final String TRIGGER = "[trigger]";

  /**
   * The caption of a draw.
   *
   * @param caption as it was written; {@link #TRIGGER} in it is replaced
   * @param epoch counted from 0
   * @param noise the draw's own random numbers
   */
  public String caption(String caption, long epoch, Noise noise) {
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
   * The first line with all of its tags in their order and its wildcards as they are written: what
   * a plan shows, and samples of a validation are captioned with.
   */
  public String plain(String caption) {
    String line = firstLine(dressed(caption));
    return joined(separates(line) ? mixed(line, CaptionSettings.DEFAULT, Noise.of(0)) : line);
  }

  private boolean separates(String caption) {
    String keep = settings.keepTokensSeparator();
    return !keep.isEmpty() && caption.contains(keep);
  }

  private String joined(String caption) {
    String second = settings.secondarySeparator();
    return (second.isEmpty() ? caption : caption.replace(second, settings.separator())).strip();
  }

  private String chosen(String caption, Noise noise) {
    if (!settings.wildcards()) {
      return firstLine(caption);
    }
    List<String> lines = caption.lines().filter(line -> !line.isBlank()).toList();
    String line = lines.isEmpty() ? "" : lines.get(noise.index(lines.size()));
    return Wildcards.resolved(line, noise);
  }

  private static String firstLine(String caption) {
    return caption.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
  }

  /** Each line with trigger, prefix and suffix, as any of them may be the one that is used. */
  private String dressed(String caption) {
    return caption.isEmpty()
        ? dressedLine("")
        : caption.lines().map(this::dressedLine).collect(Collectors.joining("\n"));
  }

  private String dressedLine(String line) {
    return Stream.of(settings.prefix(), triggered(line), settings.suffix())
        .filter(part -> !part.isBlank())
        .collect(Collectors.joining(" "));
  }

  private String triggered(String line) {
    String trigger = settings.trigger();
    if (line.contains(TRIGGER)) {
      return line.replace(TRIGGER, trigger);
    }
    if (trigger.isEmpty() || line.contains(trigger)) {
      return line;
    }
    return line.isBlank() ? trigger : trigger + settings.separator() + " " + line;
  }

  /** Tags anew, as {@code how} says about their order and number. */
  private String mixed(String caption, CaptionSettings how, Noise noise) {
    List<String> kept = new ArrayList<>();
    List<String> flexible = new ArrayList<>();
    List<String> last = new ArrayList<>();
    if (separates(caption)) {
      String[] parts = split(caption, settings.keepTokensSeparator(), 3);
      kept.addAll(tags(parts[0]));
      flexible.addAll(tags(parts[1]));
      last.addAll(parts.length > 2 ? tags(parts[2]) : List.of());
    } else {
      List<String> all = tags(caption);
      int count = Math.min(all.size(), leading(all));
      kept.addAll(all.subList(0, count));
      flexible.addAll(all.subList(count, all.size()));
    }
    int[] order = noise.permutation(flexible.size());
    for (int i = 0; i < order.length; i++) {
      if (noise.uniform() >= how.tagDropout()) {
        kept.add(flexible.get(how.shuffle() ? order[i] : i));
      }
    }
    kept.addAll(last);
    return String.join(settings.separator() + " ", kept);
  }

  /** How many tags stay; the trigger counts as one of them, and stays in any case. */
  private int leading(List<String> tags) {
    String trigger = settings.trigger();
    boolean leads = !trigger.isEmpty() && !tags.isEmpty() && tags.get(0).contains(trigger);
    return Math.max(settings.keepTokens(), leads ? 1 : 0);
  }

  private List<String> tags(String text) {
    return Arrays.stream(split(text, settings.separator(), 0))
        .map(String::strip)
        .filter(tag -> !tag.isEmpty())
        .toList();
  }

  private static String[] split(String text, String separator, int limit) {
    return text.split(Pattern.quote(separator), limit);
  }
}
