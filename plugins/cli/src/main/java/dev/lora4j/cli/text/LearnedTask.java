package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextForm;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Kind of thing that an adapter learns of texts. */
enum LearnedTask {
  /** To write texts. */
  write(TextForm.TEXT, TextForm.COMPLETION, TextForm.CHAT, TextForm.PAIR),
  /** To tell classes apart. */
  classify(TextForm.LABELLED),
  /** To tell classes of words apart. */
  tag(TextForm.TAGGED),
  /** To give texts that belong together similar vectors. */
  embed(TextForm.MATCH);

  @SuppressWarnings("ImmutableEnumChecker") // a copy that nothing changes
  private final List<TextForm> forms;

  LearnedTask(TextForm... forms) {
    this.forms = List.of(forms);
  }

  /** The task that texts of such a form are for; to write, if for none. */
  static LearnedTask of(TextDataSet texts) {
    return Arrays.stream(values())
        .filter(task -> task.forms.contains(texts.form()))
        .findFirst()
        .orElse(write);
  }

  /** Refuses texts of a form that is not learned so. */
  void require(TextDataSet texts) {
    if (!forms.contains(texts.form())) {
      throw new Failure(
          "The data is of the form "
              + texts.form()
              + ", and --task "
              + this
              + " learns "
              + forms.stream().map(TextForm::toString).collect(Collectors.joining(", "))
              + ". Give such lines, or leave --task out, which the form decides.");
    }
  }
}
