package dev.lora4j.cli.plugins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.spi.AdmittedPlugins;
import dev.lora4j.spi.BuiltJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PluginsCommandTest {
  private static final String COMMAND =
      """
      package example;
      import dev.lora4j.cli.Command;
      import dev.lora4j.cli.console.Console;
      import dev.lora4j.spi.Extension;
      @Extension(point = Command.class, name = "salute", help = "Salute somebody.")
      @picocli.CommandLine.Command(name = "salute", description = "Salute somebody.")
      public final class Salute implements Command {
        static { System.setProperty("lora4j.test.salute", "loaded"); }
        @picocli.CommandLine.Parameters(paramLabel = "WHOM") private String whom;
        @Override public int run(Console console) { console.print("Ave, " + whom); return 0; }
      }
      """;

  @TempDir private Path folder;

  private Path salute(String attribute, String value) throws IOException {
    return new BuiltJar()
        .source("example.Salute", COMMAND)
        .attribute("Lora4j-Plugin", "salutes")
        .attribute("Lora4j-Plugin-Version", "3")
        .attribute(attribute, value)
        .at(folder.resolve("salute.jar"));
  }

  private Run run(Object... words) {
    Object[] all = new Object[words.length + 1];
    System.arraycopy(words, 0, all, 0, words.length);
    all[words.length] = "--plugins=" + folder;
    return Run.of(all);
  }

  @Test
  void aPluginBringsACommand() throws Exception {
    salute("Lora4j-Api", "0.1");
    assertEquals("Ave, Caesar\n", run("salute", "Caesar").out().replace("\r", ""));
    assertEquals(2, run("salute").code());
    assertTrue(run("salute", "--help").out().contains("WHOM"));
    // It is gone with its folder.
    assertEquals(2, Run.of("salute", "Caesar").code());
    assertTrue(Run.of("salut", "--plugins", folder).err().contains("salute"));
  }

  @Test
  void listingLoadsNothing() throws Exception {
    salute("Lora4j-Api", "0.1");
    System.clearProperty("lora4j.test.salute");
    Run list = run("plugins", "list");
    assertTrue(list.out().contains("salutes 3, for API 0.1"), list.out());
    assertTrue(list.out().contains("Salute somebody."), list.out());
    assertTrue(run("--help").out().contains("Salute somebody."));
    JsonObject json = run("plugins", "list", "--json").json();
    assertTrue(json.getAsJsonArray("plugins").get(0).getAsJsonObject().get("used").getAsBoolean());
    assertEquals(null, System.getProperty("lora4j.test.salute"));
    assertEquals(0, run("plugins", "doctor").code());
    assertEquals("loaded", System.clearProperty("lora4j.test.salute"));
  }

  @Test
  void aWordThatIsNoCommandLoadsNothing() throws Exception {
    new BuiltJar()
        .source("example.Salute", COMMAND.replace("name = \"salute\"", "name = \"list\""))
        .at(folder.resolve("list.jar"));
    System.clearProperty("lora4j.test.salute");
    assertEquals(0, run("plugins", "list").code());
    assertEquals(1, run("plugins", "show", "salute").code());
    assertEquals(0, run("--plugins", folder, "plugins", "--help").code());
    assertEquals(null, System.getProperty("lora4j.test.salute"));
    assertEquals(0, run("--debug", "list", "x").code());
    assertEquals("loaded", System.clearProperty("lora4j.test.salute"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@picocli.CommandLine.Option(names = \"--debug\") boolean more;",
        "@picocli.CommandLine.Option(names = \"--plugins\") String more;",
        "",
      })
  void invalidCommandQuarantinesItsJar(String option) throws Exception {
    String source =
        COMMAND
            .replaceAll("@picocli.*?\\) ", "")
            .replaceFirst("(?m)^@picocli.*$", "")
            .replace("private String whom;", "private String whom = \"\";" + option);
    new BuiltJar().source("example.Salute", source).at(folder.resolve("odd.jar"));
    Run run = run("salute");
    assertEquals(1, run.code(), run.err());
    assertTrue(run.err().contains("odd.jar is not used: its command salute is none"), run.err());
    assertEquals(0, run("--help").code());
    assertEquals(0, run("plugins", "list").code());
  }

  @Test
  void unreadableAdmissionsAreReported() throws Exception {
    salute("Lora4j-Api", "0.1");
    Files.writeString(folder.resolve(AdmittedPlugins.FILE), "a note of mine\n");
    Run run = run("salute", "Caesar");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("'a note of mine', which admits nothing: 'a' is"), run.err());
  }

  @Test
  void theSchemaOfSettingsIsInTheList() {
    JsonObject ours = null;
    for (JsonElement one :
        Run.of("plugins", "list", "--json").json().getAsJsonArray("extensions")) {
      JsonObject extension = one.getAsJsonObject();
      if (extension.get("name").getAsString().equals("plan")) {
        ours = extension;
      }
    }
    assertEquals("dev.lora4j.cli.Command", ours.get("point").getAsString());
    assertFalse(ours.getAsJsonObject("settings").get("additionalProperties").getAsBoolean());
  }

  @Test
  void unusedJarsAreListedWithTheirReason() throws Exception {
    salute("Lora4j-Api", "[7,8)");
    Files.writeString(folder.resolve("text.jar"), "no jar");
    Run list = run("plugins", "list");
    assertEquals(0, list.code());
    assertTrue(list.out().contains("! not used: it is for version [7,8)"), list.out());
    assertTrue(list.out().contains("! not used: it is no jar"), list.out());
    Run doctor = run("plugins", "doctor");
    assertEquals(1, doctor.code());
    assertTrue(doctor.out().contains("2 problems were found"), doctor.out());
    // Everything else goes on, and says that something is left out.
    Run help = run("plan", "--help");
    assertEquals(0, help.code());
    Run salute = run("salute", "Caesar");
    assertEquals(2, salute.code());
    assertTrue(salute.err().contains("2 plug-ins are not used"), salute.err());
  }

  @Test
  void capabilitiesAreAdmitted() throws Exception {
    Path jar = salute("Lora4j-Capabilities", "network, file-write");
    assertEquals(2, run("salute", "Caesar").code());
    assertTrue(run("plugins", "list").out().contains("asks for network, file-write"));
    Run admit = run("plugins", "admit", jar);
    assertEquals(0, admit.code(), admit.err());
    assertTrue(admit.out().contains("with network, file-write"), admit.out());
    assertEquals("Ave, Caesar\n", run("salute", "Caesar").out().replace("\r", ""));
    assertTrue(
        Files.readString(folder.resolve(AdmittedPlugins.FILE))
            .contains(AdmittedPlugins.sha256(jar)));
  }

  @Test
  void jarIsVerifiedBeforeInstalling() throws Exception {
    Path jar = salute("Lora4j-Api", "0.1");
    Run good = Run.of("plugins", "verify", jar);
    assertEquals(0, good.code(), good.err());
    assertTrue(good.out().contains("SHA-256 " + AdmittedPlugins.sha256(jar)), good.out());
    Path bad =
        new BuiltJar()
            .source(
                "example.Salute",
                COMMAND
                    .replace("private String whom", "String whom = fail()")
                    .replace(
                        "static {",
                        "static String fail() { throw new IllegalStateException(\"no\"); }\n static {"))
            .attribute("Lora4j-Api", "9")
            .at(folder.resolve("bad.jar"));
    JsonObject report = Run.of("plugins", "verify", bad, "--json").json();
    String problems = report.get("problems").toString();
    assertTrue(problems.contains("for version 9 of the plug-in API"), problems);
    assertTrue(problems.contains("Command salute"), problems);
    assertEquals(1, Run.of("plugins", "verify", bad).code());
  }

  @Test
  void jarBuiltForAnotherVersionIsNamed() throws Exception {
    String hidden = "console.print(new com.google.gson.Gson().toString());";
    new BuiltJar()
        .source("example.Salute", COMMAND.replace("console.print(\"Ave, \" + whom);", hidden))
        .at(folder.resolve("old.jar"));
    Run run = run("salute", "Caesar");
    assertEquals(1, run.code());
    assertTrue(run.err().contains("old.jar is not used: it was built for another"), run.err());
  }

  @Test
  void pluginOfAnUnexpectedExceptionIsNamed() throws Exception {
    String failing = "java.util.List.of(1).get(whom.length());";
    Path jar =
        new BuiltJar()
            .source("example.Salute", COMMAND.replace("console.print(\"Ave, \" + whom);", failing))
            .at(folder.resolve("failing.jar"));
    Run run = run("salute", "Caesar");
    assertEquals(1, run.code());
    assertTrue(
        run.err().contains("should not have happened in the plug-in " + jar + ": java.lang.Index"),
        run.err());
  }

  @Test
  void unusedPluginIsShownWithItsReason() throws Exception {
    salute("Lora4j-Capabilities", "network");
    Run show = run("plugins", "show", "salute");
    assertEquals(0, show.code(), show.err());
    assertTrue(show.out().contains("Salute somebody."), show.out());
    assertTrue(show.out().contains("! not used: it asks for network"), show.out());
  }

  @Test
  void admissionInAnUnsearchedFolderIsReported() throws Exception {
    Path jar = salute("Lora4j-Capabilities", "network");
    Run admit = Run.of("plugins", "admit", jar);
    assertEquals(0, admit.code(), admit.err());
    assertTrue(admit.err().contains("No plug-in is looked for in " + folder), admit.err());
    assertTrue(admit.err().contains(" --in "), admit.err());
    Path place = Files.createDirectories(folder.resolve("place"));
    Run there = Run.of("plugins", "admit", jar, "--in", place, "--plugins", place);
    assertEquals("", there.err());
    assertEquals("", run("plugins", "admit", jar).err());
  }

  @Test
  void jarWithATakenNameIsNotVerified() throws Exception {
    String taken = COMMAND.replace("name = \"salute\"", "name = \"plan\"");
    Path jar = new BuiltJar().source("example.Salute", taken).at(folder.resolve("plan.jar"));
    Run verify = Run.of("plugins", "verify", jar);
    assertEquals(1, verify.code());
    assertTrue(
        verify.out().contains("! it brings the Command plan, which is there already"),
        verify.out());
    salute("Lora4j-Api", "0.1");
    Run again = run("plugins", "verify", folder.resolve("salute.jar"));
    assertEquals(0, again.code(), again.out());
  }

  @Test
  void jarTextsCannotSteerTheTerminal() throws Exception {
    new BuiltJar()
        .source(
            "example.Salute", COMMAND.replace("help = \"Salute", "help = \"\\u001b[2J100% Salute"))
        .attribute("Lora4j-Plugin", "a\u001b[31mb")
        .at(folder.resolve("red.jar"));
    Run list = run("plugins", "list");
    assertTrue(list.out().contains("100% Salute somebody."), list.out());
    for (Run run :
        List.of(
            list,
            run("--help"),
            run("plugins", "show", "salute"),
            Run.of("plugins", "verify", folder.resolve("red.jar")),
            run("plugins", "admit", folder.resolve("red.jar")))) {
      assertEquals(0, run.code(), run.err());
      assertFalse(run.out().contains("\u001b"), run.out());
    }
    assertTrue(run("--help").out().contains("100% Salute somebody."));
  }

  @Test
  void duplicatePluginFolderCountsOnceEmptyIsRefused() throws Exception {
    salute("Lora4j-Api", "0.1");
    Run run =
        run(
            "salute",
            "Caesar",
            "--plugins",
            folder.resolve(".").resolve("..").resolve(folder.getFileName()));
    assertEquals(0, run.code(), run.err());
    assertEquals("", run.err());
    Run none = Run.of("plugins", "list", "--plugins", "");
    assertEquals(1, none.code());
    assertTrue(none.err().contains("--plugins '': there is no such folder"), none.err());
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    Run run = Run.of("plugins", "list", "--plugins", folder.resolve("none"));
    assertEquals(1, run.code());
    assertTrue(run.err().contains("there is no such folder"), run.err());
  }
}
