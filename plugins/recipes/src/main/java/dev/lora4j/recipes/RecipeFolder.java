package dev.lora4j.recipes;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.Main;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.ExitCode;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.core.safetensors.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Folder of a recipe: its settings, data, models and findings. Each command that a recipe runs is
 * shown; what a command has written already is kept, so that a recipe that was stopped goes on.
 */
public final class RecipeFolder implements AutoCloseable {
  private static final String SETTINGS = "recipe.json";
  private static final Gson LINE = new GsonBuilder().disableHtmlEscaping().create();

  private final Console console;
  private final Path folder;
  private final LockedFolder claim;

  private RecipeFolder(Console console, Path folder) {
    this.console = console;
    this.folder = folder;
    this.claim = LockedFolder.of(folder);
  }

  /**
   * Takes a folder for a recipe.
   *
   * @param settings all that its results depend on
   * @throws Failure if the folder is of another recipe or of other settings, or in use
   */
  public static RecipeFolder of(Console console, Path folder, Json settings) {
    RecipeFolder made = new RecipeFolder(console, folder);
    try {
      Path file = folder.resolve(SETTINGS);
      String wanted = settings + "\n";
      if (!Files.exists(file)) {
        made.requireEmpty();
        AtomicFile.write(file, wanted);
      } else if (!Files.readString(file).equals(wanted)) {
        throw new Failure(
            ("%s has a recipe with other settings (%s): take another folder with -o, or remove that"
                    + " one.")
                .formatted(folder, file));
      }
      return made;
    } catch (IOException e) {
      made.close();
      throw new Failure("Cannot use " + folder + ": " + ErrorExplanation.of(e), e);
    } catch (RuntimeException | Error e) {
      made.close();
      throw e;
    }
  }

  private void requireEmpty() throws IOException {
    try (Stream<Path> inside = Files.list(folder)) {
      boolean other = inside.anyMatch(p -> !p.getFileName().toString().equals(LockedFolder.FILE));
      if (other) {
        throw new Failure(
            folder
                + " has other files; a recipe wants a folder of its own. Name a new one with -o.");
      }
    }
  }

  /** A file or folder in it. */
  public Path path(String name) {
    return folder.resolve(name);
  }

  /** Writes lines of JSON, and tells how many. */
  public Path lines(String name, List<Json> lines) {
    Path file = path(name);
    text(
        name,
        lines.stream()
            .map(l -> LINE.toJson(l.fields()))
            .collect(Collectors.joining("\n", "", "\n")));
    console.note(file + "  " + lines.size() + " lines");
    return file;
  }

  /** Writes a file whole. */
  public void text(String name, String text) {
    try {
      AtomicFile.write(path(name), text);
    } catch (IOException e) {
      throw new Failure("Cannot write " + path(name) + ": " + ErrorExplanation.of(e), e);
    }
  }

  /**
   * Shows a command that writes a file or folder and runs it, with what it prints among the notes,
   * unless that is there. A training that was stopped is gone on with.
   */
  public Path make(String name, String... words) {
    Path made = path(name);
    String[] all =
        Stream.concat(Stream.of(words), Stream.of("-o", made.toString())).toArray(String[]::new);
    if (Files.exists(made)) {
      console.note("$ " + Invocation.of(all) + "  (there already)");
      return made;
    }
    boolean stopped = Files.exists(path(name + ".run"));
    run(Console.of(console.err(), console.err()), stopped ? with(all, "--resume") : all);
    return made;
  }

  /** Shows a command, runs it and reads what it reports as JSON. */
  public JsonObject ask(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream kept = new PrintStream(out, true, StandardCharsets.UTF_8);
    run(Console.of(kept, console.err()), with(words, "--json"));
    return JsonParser.parseString(out.toString(StandardCharsets.UTF_8)).getAsJsonObject();
  }

  private void run(Console target, String... words) {
    console.note("$ " + Invocation.of(words));
    int code = Main.run(target, words);
    if (code == ExitCode.INTERRUPTED) {
      throw new CancellationException("the recipe was interrupted; the same command goes on");
    }
    if (code != 0) {
      throw new Failure(
          "The recipe stopped at '%s', which ended with %d; its message is above."
              .formatted(Invocation.of(words), code));
    }
  }

  private static String[] with(String[] words, String more) {
    return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
  }

  /** Prints findings, and keeps them as {@code findings.md} and {@code findings.json}. */
  public void tell(String title, Findings findings, boolean json) {
    text("findings.md", "# " + title + "\n\n" + findings.markdown());
    text("findings.json", findings.json() + "\n");
    console.print(json ? findings.json().toString() : findings.table());
    if (!json) {
      console.note("Kept in " + path("findings.md") + ".");
    }
  }

  @Override
  public void close() {
    claim.close();
  }
}
