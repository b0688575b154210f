package dev.lora4j.text.train;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.text.align.OnPolicySettings;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.List;
import java.util.Map;

/**
 * Subject of on-policy distillation.
 *
 * @param listener receives what the student writes
 */
record OnPolicyTeaching(
    PromptSequences prompts,
    PolicyTeacher teacher,
    OnPolicySettings settings,
    RolloutListener listener) {
  private static final String ENTRY = "lora4j_teacher";

  /**
   * Refuses prompts that leave no room.
   *
   * @throws IllegalArgumentException if there are some, or the teacher does not fit
   */
  void requireFor(LanguageModel student) {
    teacher.requireFor(student);
    int longest = teacher.longest(student);
    for (List<TokenSequence> all : List.of(prompts.learned(), prompts.heldOut())) {
      for (TokenSequence prompt : all) {
        if (prompt.ids().length >= longest) {
          throw new IllegalArgumentException(
              "A prompt has "
                  + prompt.ids().length
                  + " tokens, and the teacher reads at most "
                  + longest
                  + " with the completion: "
                  + student
                      .tokenizer()
                      .decode(prompt.ids(), false)
                      .strip()
                      .lines()
                      .findFirst()
                      .orElse(""));
        }
      }
    }
  }

  /** Manner in which a student writes. */
  CompletionWriter.Manner manner(LanguageModel student) {
    return new CompletionWriter.Manner(
        settings.sampling(),
        1,
        settings.maxNewTokens(),
        teacher.longest(student),
        settings.maskCut());
  }

  /** Parts of the run that a checkpoint depends on, beside the prompts. */
  Map<String, String> identity() {
    return Map.of("objective", settings.canonical(), "teacher", described());
  }

  /** Metadata in the header of the student. */
  Map<String, String> metadata() {
    return Map.of(ENTRY, described() + " " + settings.canonical());
  }

  /** The teacher by what it is: hash of the base, and identities and weights of its adapters. */
  private String described() {
    CanonicalForm form =
        CanonicalForm.of("PolicyTeacher").with("base", teacher.model().base().hash());
    float[] weights = teacher.adapters().at(0, 1);
    for (int i = 0; i < weights.length; i++) {
      form = form.with(teacher.adapters().adapters().get(i).identity(), Float.toString(weights[i]));
    }
    return form.text();
  }
}
