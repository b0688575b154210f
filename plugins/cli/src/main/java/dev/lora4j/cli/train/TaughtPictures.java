package dev.lora4j.cli.train;

import com.google.gson.Gson;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.diffusion.config.RunKeys;
import dev.lora4j.diffusion.config.RunSettings;
import dev.lora4j.diffusion.dataset.DataSet;
import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.dataset.caption.CaptionRecipe;
import dev.lora4j.diffusion.dataset.caption.CaptionSettings;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import dev.lora4j.diffusion.dataset.source.DataSource;
import dev.lora4j.diffusion.style.Teacher;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Teachers with their pictures, as the student is shown them: one data set of their folders. */
final class TaughtPictures {
  /** Name of the header's entry about the teachers. */
  static final String ENTRY = "lora4j_teachers";

  /** Share of the pictures held out, on which the student is compared with its teachers. */
  private static final double HELD_OUT = 0.05;

  private static final int DIGITS = 16;
  private static final Gson GSON = new Gson();

  private final RunSettings settings;
  private final double dropout;
  private final boolean last;
  private final List<Teacher> teachers = new ArrayList<>();

  /**
   * Begins without teachers.
   *
   * @param dropout share of captions left out
   * @param last whether a teacher's words stand behind its captions
   */
  TaughtPictures(RunSettings settings, double dropout, boolean last) {
    this.settings = settings;
    this.dropout = dropout;
    this.last = last;
  }

  void add(Teacher teacher) {
    teachers.add(teacher);
  }

  List<Teacher> teachers() {
    return List.copyOf(teachers);
  }

  /**
   * Surveys the pictures.
   *
   * @param side of the base's pictures
   * @param unit of their sides
   */
  DataSet survey(int side, int unit) {
    List<DataSource> sources =
        teachers.stream()
            .map(
                teacher ->
                    DataSource.of(teacher.folder())
                        .with(captions(teacher.trigger()))
                        .holdingOut(HELD_OUT))
            .toList();
    DataGroup group =
        new DataGroup(
            Bucketing.around(side, unit),
            settings.values().get(RunKeys.BATCH),
            settings.style().seed(),
            sources);
    return DataSet.survey(List.of(group), DataSet.Depth.PIXELS).usable();
  }

  /** True if any teacher is called by words. */
  boolean called() {
    return teachers.stream().anyMatch(teacher -> !teacher.trigger().isEmpty());
  }

  private CaptionSettings captions(String words) {
    CaptionSettings captions = CaptionSettings.DEFAULT.trigger(words).dropout(dropout);
    return last && !words.isEmpty() ? captions.suffix(", " + CaptionRecipe.TRIGGER) : captions;
  }

  /** Sentences about words that two teachers share, which mix their styles. */
  List<String> notes() {
    Map<String, List<String>> called =
        teachers.stream()
            .collect(
                Collectors.groupingBy(
                    Teacher::trigger,
                    LinkedHashMap::new,
                    Collectors.mapping(t -> t.adapter().name(), Collectors.toList())));
    List<String> notes = new ArrayList<>();
    called.forEach(
        (words, names) -> {
          if (names.size() > 1) {
            notes.add(
                String.join(" and ", names)
                    + (words.isEmpty() ? " have no word" : " have the same word '" + words + "'")
                    + " to call them by, so that a prompt gets a mean of what they do; give each a"
                    + " word by --trigger NAME=WORDS.");
          }
        });
    return notes;
  }

  /** An identity of a run with that of the teachers; where their pictures are does not matter. */
  Map<String, String> identity(Map<String, String> run) {
    Map<String, String> all = new TreeMap<>(run);
    String text = GSON.toJson(entries());
    all.put("teachers", Digests.hex(text.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS));
    return all;
  }

  /** Entries of the header. */
  Map<String, String> metadata() {
    return Map.of(ENTRY, GSON.toJson(entries()));
  }

  private List<Map<String, Object>> entries() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Teacher teacher : teachers) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", teacher.adapter().name());
      one.put("identity", teacher.adapter().identity());
      one.put("weight", teacher.weight());
      one.put("trigger", teacher.trigger());
      if (last) {
        one.put("trigger_last", true);
      }
      all.add(one);
    }
    return all;
  }
}
