package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ServeHelpTest {
  @Test
  void optionsStandUnderHeadingsOfServing() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
    assertEquals(0, Main.run(printed, printed, "serve", "--help"));
    String help = out.toString(StandardCharsets.UTF_8);
    List<String> headings =
        help.lines()
            .filter(line -> line.matches("[A-Z][a-z]+:"))
            .map(line -> line.substring(0, line.length() - 1))
            .toList();
    assertEquals(
        List.of("Bases", "Adapters", "Requests", "Clients", "Computing", "General"), headings);
    int requests = help.indexOf("\nRequests:");
    assertTrue(help.indexOf("--batch=N  ") > requests, help);
    assertFalse(help.contains("Training"), help);
  }

  @Test
  void everyNamedOptionIsThere() {
    ServeCommand command = new ServeCommand();
    CommandLine line = new CommandLine(command);
    command
        .sections()
        .values()
        .forEach(
            names ->
                names.forEach(
                    name ->
                        assertTrue(line.getCommandSpec().findOption("--" + name) != null, name)));
  }
}
