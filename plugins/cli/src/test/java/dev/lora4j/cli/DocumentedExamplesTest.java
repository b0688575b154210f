package dev.lora4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Documents.Piece;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Java of the documents compiles, where a block is a whole file: where it begins with imports.
 */
class DocumentedExamplesTest {
  @TempDir private Path classes;

  private static final Pattern PUBLIC =
      Pattern.compile("^public (?:final )?(?:class|record|interface) (\\w+)", Pattern.MULTILINE);

  /** A block as a source file. */
  private static final class Source extends SimpleJavaFileObject {
    private final String code;

    Source(String code) {
      super(URI.create("string:///" + name(code) + ".java"), Kind.SOURCE);
      this.code = code;
    }

    /** The name that Java wants a file to have for a public type. */
    private static String name(String code) {
      Matcher type = PUBLIC.matcher(code);
      return type.find() ? type.group(1) : "Example";
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return code;
    }
  }

  private List<String> errors(Piece block) {
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    List<String> options =
        List.of(
            "-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
    ToolProvider.getSystemJavaCompiler()
        .getTask(null, null, found, options, null, List.of(new Source(block.text())))
        .call();
    return found.getDiagnostics().stream()
        .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
        .map(d -> new Piece(block.file(), block.line() + (int) d.getLineNumber() - 1, d.toString()))
        .map(Piece::toString)
        .toList();
  }

  @Test
  void wholeFilesCompile() throws IOException {
    List<Path> compiled = new ArrayList<>();
    List<String> errors = new ArrayList<>();
    for (Path file : Documents.all()) {
      for (Piece block : Documents.blocks(file, Documents.text(file), List.of("java"))) {
        if (block.text().startsWith("import ")) {
          compiled.add(file);
          errors.addAll(errors(block));
        }
      }
    }
    assertEquals(List.of(), errors);
    assertTrue(compiled.contains(Documents.README), () -> "compiled were those of " + compiled);
  }

  @Test
  void mistakeIsFound() {
    Piece block = new Piece(Documents.README, 10, "import java.nio.file.Nothing;\n");
    List<String> errors = errors(block);
    assertEquals(1, errors.size());
    assertTrue(errors.get(0).startsWith("README.md:10: "), errors.get(0));
  }
}
