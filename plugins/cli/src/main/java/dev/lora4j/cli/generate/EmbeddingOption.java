package dev.lora4j.cli.generate;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.FilesByName;
import dev.lora4j.cli.model.OpenModel;
import dev.lora4j.diffusion.clip.Embedding;
import dev.lora4j.diffusion.clip.EmbeddingFile;
import dev.lora4j.diffusion.clip.EmbeddingTokens;
import dev.lora4j.diffusion.record.PictureRecord;
import dev.lora4j.diffusion.request.Prompt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** The textual inversions that prompts may name. */
final class EmbeddingOption {
  @Option(
      names = "--embedding",
      paramLabel = "FILE",
      description =
          "Textual inversion: prompts, also negative ones, name it by the name of its file or by"
              + " its own token. May be given several times.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--embedding-dir",
      paramLabel = "DIR",
      description =
          "Folder of textual inversions; those take part whose file's name is a word of a prompt.")
  private Optional<Path> folder = Optional.empty();

  private final Map<Path, Embedding> read = new LinkedHashMap<>();

  /** Refuses missing files before anything slow begins. */
  void requireFiles() {
    files.forEach(f -> EmbeddingFile.read(ExistingPath.file(f)));
    folder.ifPresent(ExistingPath::folder);
  }

  /** Prompts with the textual inversions that they name; notes files that none of them names. */
  List<Prompt> named(Console console, OpenModel model, List<Prompt> prompts) {
    List<Embedding> all = new ArrayList<>();
    files.forEach(f -> all.add(read(model, f)));
    folder.ifPresent(f -> all.addAll(inFolder(console, model, f, prompts)));
    List<Prompt> named = prompts.stream().map(p -> p.embeddings(all)).toList();
    noteUnused(console, named);
    return named;
  }

  private List<Embedding> inFolder(
      Console console, OpenModel model, Path inside, List<Prompt> prompts) {
    Set<Embedding> found = new LinkedHashSet<>();
    new FilesByName(inside, EmbeddingFile.ENDING)
        .all()
        .forEach(
            (name, file) -> {
              if (occurs(name, prompts) && !given(name)) {
                found.add(read(model, file));
              }
            });
    for (String ending : EmbeddingFile.PICKLES) {
      new FilesByName(inside, ending)
          .all()
          .forEach(
              (name, file) -> {
                if (occurs(name, prompts)
                    && found.stream().noneMatch(e -> e.name().equals(name))
                    && !given(name)) {
                  console.note(
                      file
                          + " is not used for the word "
                          + Printable.of(name, 80)
                          + ": it can run code when it is loaded. Get a .safetensors version.");
                }
              });
    }
    return List.copyOf(found);
  }

  private boolean given(String name) {
    return files.stream().anyMatch(f -> read.containsKey(f) && read.get(f).name().equals(name));
  }

  private static boolean occurs(String name, List<Prompt> prompts) {
    return prompts.stream()
        .anyMatch(
            p ->
                EmbeddingTokens.occurs(name, p.text())
                    || EmbeddingTokens.occurs(name, p.negative()));
  }

  private Embedding read(OpenModel model, Path file) {
    return read.computeIfAbsent(file, model.sd()::embedding);
  }

  /** Notes files that no prompt names. */
  void noteUnused(Console console, List<Prompt> prompts) {
    Set<Embedding> used = new LinkedHashSet<>();
    prompts.forEach(p -> used.addAll(p.usedEmbeddings()));
    read.forEach(
        (file, embedding) -> {
          if (!used.contains(embedding)) {
            console.note(
                "No prompt has the word "
                    + Printable.of(String.join(" or ", embedding.words()), 200)
                    + ", so "
                    + file
                    + " takes no part.");
          }
        });
  }

  /**
   * The textual inversions of an earlier picture: among those of the options, then by name in
   * folders.
   *
   * @param others folders to look into after the one that was named
   */
  List<Embedding> ofThen(
      OpenModel model, Path picture, List<PictureRecord.Word> words, List<Path> others) {
    files.forEach(f -> read(model, f));
    List<Path> folders = new ArrayList<>(others);
    folder.ifPresent(f -> folders.add(0, f));
    RecordedEmbeddings search =
        new RecordedEmbeddings(picture, List.copyOf(read.values()), folders, f -> read(model, f));
    return words.stream().map(search::find).toList();
  }
}
