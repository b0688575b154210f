package dev.lora4j.text.train;

import com.google.gson.Gson;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.ModelSpecKeys;
import dev.lora4j.text.data.TaughtText;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.network.JensenShannonDivergence;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Teachers of a run, and whose text each sequence of the student is. */
final class Distillation {
  private static final String ENTRY = "lora4j_teachers";
  private static final String DIVERGENCE = "lora4j_divergence";
  private static final Gson GSON = new Gson();

  /**
   * A sequence as its teacher reads it.
   *
   * @param teacher its number
   */
  record Lesson(int teacher, TokenSequence own) {}

  private final List<TextTeacher> teachers;
  private final JensenShannonDivergence divergence;
  private final List<TokenSequence> learned = new ArrayList<>();
  private final List<TokenSequence> heldOut = new ArrayList<>();

  /** By the sequences themselves, as two teachers may have equal ones. */
  private final IdentityHashMap<TokenSequence, Lesson> lessons = new IdentityHashMap<>();

  Distillation(List<TextTeacher> teachers, JensenShannonDivergence divergence) {
    this.teachers = List.copyOf(teachers);
    this.divergence = divergence;
    for (int i = 0; i < teachers.size(); i++) {
      for (TaughtText text : teachers.get(i).learned()) {
        learned.add(lesson(i, text));
      }
      for (TaughtText text : teachers.get(i).heldOut()) {
        heldOut.add(lesson(i, text));
      }
    }
  }

  private TokenSequence lesson(int teacher, TaughtText text) {
    TokenSequence given = text.student();
    TokenSequence student =
        new TokenSequence(given.ids(), given.counted(), given.target(), given.label());
    lessons.put(student, new Lesson(teacher, text.own()));
    return student;
  }

  List<TextTeacher> teachers() {
    return teachers;
  }

  JensenShannonDivergence divergence() {
    return divergence;
  }

  /** The student's sequences of all teachers. */
  List<TokenSequence> learned() {
    return learned;
  }

  /** Those that are held out. */
  List<TokenSequence> heldOut() {
    return heldOut;
  }

  /** The lesson that a sequence of the student belongs to. */
  Lesson lesson(TokenSequence student) {
    Lesson found = lessons.get(student);
    if (found == null) {
      throw new IllegalArgumentException(
          "No teacher has a text of "
              + student.ids().length
              + " tokens that the student is given.");
    }
    return found;
  }

  /** Identity of the teaching, which a checkpoint depends on beside the student's texts. */
  Map<String, String> identity() {
    List<TokenSequence> own = new ArrayList<>();
    learned.forEach(s -> own.add(lesson(s).own()));
    heldOut.forEach(s -> own.add(lesson(s).own()));
    return Map.of(
        "teachers",
        entries(),
        "texts of teachers",
        TrainingTexts.digest(own),
        "divergence",
        divergence.canonical());
  }

  /** Metadata in the header of the student. */
  Map<String, String> metadata() {
    String words =
        teachers.stream()
            .map(t -> t.words().strip())
            .filter(w -> !w.isEmpty())
            .distinct()
            .collect(Collectors.joining(", "));
    Metadata all = new Metadata(Map.of(ENTRY, entries(), DIVERGENCE, divergence.canonical()));
    return (words.isEmpty() ? all : all.with(ModelSpecKeys.TRIGGER_PHRASE, words)).entries();
  }

  private String entries() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (TextTeacher teacher : teachers) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", Objects.requireNonNull(teacher.adapter().name()));
      one.put("identity", teacher.adapter().identity());
      one.put("weight", teacher.weight());
      one.put("trigger", teacher.words());
      all.add(one);
    }
    return GSON.toJson(all);
  }
}
