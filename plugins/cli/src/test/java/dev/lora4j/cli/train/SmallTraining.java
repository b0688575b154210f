package dev.lora4j.cli.train;

import dev.lora4j.cli.Run;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Training on the pictures of {@code folder/pictures} that is over in a moment, with a checkpoint
 * after each step.
 *
 * @param folder where {@code style.safetensors} goes
 */
record SmallTraining(Path folder) {
  /** Runs it with more words. */
  Run train(Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "train",
                "--images=" + folder.resolve("pictures"),
                "-o",
                folder.resolve("style.safetensors"),
                Run.BASE,
                "--compute=f32",
                "--rank=2",
                "--batch=2",
                "--set=previews.prompts=[]",
                "--set=save.every=1"));
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }
}
