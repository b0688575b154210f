package dev.lora4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as the launcher starts it, with the classes of this test for its build. */
class LauncherTest {
  @TempDir private Path folder;

  @BeforeEach
  void build() throws IOException {
    Files.copy(Path.of("../../lora4j"), folder.resolve("lora4j"));
    Path options = Files.createDirectories(folder.resolve("plugins/cli/launcher"));
    for (String name : List.of("java.options", "collector.options")) {
      Files.copy(Path.of("launcher", name), options.resolve(name));
    }
    Path build = Files.createDirectories(folder.resolve("target/launcher/build"));
    Files.writeString(build.resolveSibling("current"), "build\n");
    Files.writeString(
        build.resolve("classpath"),
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
  }

  /**
   * Where no locale is chosen, what is not ASCII is still what it is. The words lie in a script, as
   * this Java may not be able to hand them on.
   */
  @Test
  void argumentsAreUtf8WithoutALocale() throws Exception {
    Path script = folder.resolve("start");
    String name = "F\u00fcchse \u72d0.safetensors";
    Files.writeString(
        script,
        """
        cp "$1" '%s'
        sh ./lora4j inspect '%s' --json >out 2>err
        sh ./lora4j inspect 'ch\u00e2teau' >out2 2>err2
        """
            .formatted(name, name));
    Path adapter = Run.TINY_SD.resolve("lora-kohya.safetensors").toAbsolutePath();
    ProcessBuilder builder =
        new ProcessBuilder("sh", "start", adapter.toString()).directory(folder.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(key -> key.startsWith("LC_") || key.equals("LANG"));
    environment.put("LC_ALL", "C");
    environment.put("LORA4J_BUILD", "no");
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    assertEquals(1, builder.inheritIO().start().waitFor());
    assertTrue(said("err2").contains("There is no file or folder ch\u00e2teau."), said("err2"));
    assertEquals(
        name, JsonParser.parseString(said("out")).getAsJsonObject().get("file").getAsString());
  }

  private String said(String file) throws IOException {
    return Files.readString(folder.resolve(file));
  }
}
