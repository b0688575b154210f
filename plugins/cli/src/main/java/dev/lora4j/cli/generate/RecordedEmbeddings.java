package dev.lora4j.cli.generate;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.file.FilesByName;
import dev.lora4j.diffusion.clip.Embedding;
import dev.lora4j.diffusion.clip.EmbeddingFile;
import dev.lora4j.diffusion.record.PictureRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds the textual inversions that an earlier picture was made with.
 *
 * @param picture its file
 * @param given textual inversions of the options, under any name
 * @param folders folders of files under the recorded name
 * @param reader reads a file
 */
record RecordedEmbeddings(
    Path picture, List<Embedding> given, List<Path> folders, Function<Path, Embedding> reader) {
  /** The same vectors, under the name that the prompt has. */
  Embedding find(PictureRecord.Word word) {
    for (Embedding one : given) {
      if (one.identity().equals(word.identity())) {
        return one.named(word.name());
      }
    }
    List<String> others = new ArrayList<>();
    for (Path folder : folders) {
      Optional<Path> file = new FilesByName(folder, EmbeddingFile.ENDING).find(word.name());
      if (file.isPresent()) {
        String found = judged(file.get(), word);
        if (found.isEmpty()) {
          return reader.apply(file.get());
        }
        others.add(found);
      }
    }
    throw new Failure(
        picture
            + " was made with the textual inversion "
            + Printable.of(word.name(), 80)
            + ", identity "
            + shorter(word.identity())
            + ", which was not found"
            + (others.isEmpty() ? "" : " (" + String.join("; ", others) + ")")
            + ". Name its file by --embedding, or its folder by --embedding-dir.");
  }

  /** Reason for which a file is not the recorded one; empty if it is. */
  private String judged(Path file, PictureRecord.Word word) {
    try {
      String identity = reader.apply(file).identity();
      return identity.equals(word.identity()) ? "" : file + " is another one, " + shorter(identity);
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static String shorter(String identity) {
    return identity.substring(0, Math.min(12, identity.length()));
  }
}
