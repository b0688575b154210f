package dev.lora4j.cli.train;

import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.ModelSpecKeys;
import dev.lora4j.core.format.metadata.TagCounts;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.emoji.JudgeFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Prompts that teachers make pictures or texts by, the same for all. */
public final class TeacherPrompts {
  /** Purpose of the order of prompts among all that a seed is for. */
  private static final long ORDER = 0x74656163L;

  private TeacherPrompts() {}

  /** Prompts of a text file, one in each line; blank lines and lines that begin with # are none. */
  public static List<String> of(Path file) {
    List<String> prompts = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(ExistingPath.file(file), StandardCharsets.UTF_8)) {
        String prompt = line.strip();
        if (!prompt.isEmpty() && !prompt.startsWith("#")) {
          prompts.add(prompt);
        }
      }
    } catch (IOException e) {
      throw new Failure(file + " cannot be read: " + ErrorExplanation.of(e), e);
    }
    if (prompts.isEmpty()) {
      throw new Failure(file + " has no prompts; write one in each line.");
    }
    return prompts;
  }

  /** What the bundled base can draw, without the concepts that are kept for scores. */
  static List<String> bundled() {
    JudgeFolder judge = EmojiSd.judge();
    Set<String> names = new TreeSet<>(judge.names());
    names.removeAll(judge.heldOut().values());
    return List.copyOf(names);
  }

  /**
   * The captions that the headers of teachers record, tag by tag, without their trigger words.
   *
   * @throws Failure if none has any
   */
  static List<String> recorded(Collection<Adapter> teachers) {
    Set<String> prompts = new TreeSet<>();
    for (Adapter teacher : teachers) {
      Metadata header = new Metadata(teacher.metadata());
      header
          .get(KohyaKeys.TAG_FREQUENCY)
          .ifPresent(text -> prompts.addAll(TagCounts.of(text).counts().keySet()));
    }
    teachers.forEach(teacher -> prompts.remove(trigger(teacher)));
    if (prompts.isEmpty()) {
      throw new Failure(
          "No teacher's header records captions, so there are no prompts for their pictures. Give"
              + " some by --prompts FILE, one in each line, or pictures by --images NAME=DIR.");
    }
    return List.copyOf(prompts);
  }

  /** The words that call an adapter, as its header has them; empty if it has none. */
  static String trigger(Adapter adapter) {
    return new Metadata(adapter.metadata()).get(ModelSpecKeys.TRIGGER_PHRASE).orElse("").strip();
  }

  /** So many of them in an order of the seed, again from the first where there are too few. */
  public static List<String> some(List<String> all, int count, long seed) {
    int[] order = SeededNoise.of(seed, ORDER).permutation(all.size());
    List<String> some = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      some.add(all.get(order[i % order.length]));
    }
    return some;
  }
}
