package dev.lora4j.text.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.text.chat.ChatMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextDataSetTest {
  @TempDir private Path folder;

  @Test
  void everyFormIsFound() throws IOException {
    assertRead("{\"text\": \"a\"}", TextForm.TEXT, new TextExample.Plain("a"));
    assertRead(
        "{\"completion\": \"b\", \"prompt\": \"\"}",
        TextForm.COMPLETION,
        new TextExample.Completion("", "b"));
    assertRead(
        "{\"messages\": [{\"role\": \"user\", \"content\": \"\"}, {\"role\": \"assistant\", \"content\": \"b\"}]}",
        TextForm.CHAT,
        new TextExample.Chat(List.of(ChatMessage.user(""), ChatMessage.assistant("b"))));
    assertRead(
        "{\"text\": \"a\", \"label\": 3}", TextForm.LABELLED, new TextExample.Labelled("a", "3"));
    assertRead(
        "{\"input\": \"a\", \"target\": \"b\"}", TextForm.PAIR, new TextExample.Pair("a", "b"));
    assertRead(
        "{\"source\": \"a\", \"target\": \"b\"}", TextForm.PAIR, new TextExample.Pair("a", "b"));
  }

  @Test
  void folderIsReadByNameWithWholeTexts() throws IOException {
    Files.writeString(folder.resolve("b.txt"), "\ufeffline\nline\n");
    Files.writeString(
        folder.resolve("a.jsonl"), "\ufeff{\"text\": \"first\"}\r\n\n{\"text\": \"second\"}");
    Files.writeString(folder.resolve("other.bin"), "x");
    assertEquals(
        List.of(
            new TextExample.Plain("first"),
            new TextExample.Plain("second"),
            new TextExample.Plain("line\nline\n")),
        TextDataSet.read(folder).examples());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '`',
      value = {
        "{'txt': 'a'}!line 2 has the unknown key 'txt'; nearest is 'text'.",
        "{'text': ''}!line 2 has an empty text at 'text'.",
        "{'text': 3}!line 2 has no text at 'text' but 3.",
        "{'text': 'a!line 2 is no JSON: Unterminated string at its character 12.",
        "{'text': 'a',}!line 2 is no JSON: Expected name at its character 15.",
        "{'text': 'a'} x!line 2 is no JSON: ",
        "[1]!line 2 is no JSON object.",
        "{'text': 'a', 'target': 'b'}!line 2 has the keys [target, text] together, which are no form",
        "{'prompt': 'a', 'completion': 'b'}!line 2 is of the form {\"prompt\", \"completion\"}, line 1 of the form {\"text\"}; a data set has one.",
      })
  void invalidLineIsNamed(String line, String message) throws IOException {
    assertProblem("{\"text\": \"a\"}\n" + line.replace('\'', '"') + "\n", message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '`',
      value = {
        "{'messages': []}!line 1 has no list of messages",
        "{'messages': [{'role': 'user'}]}!line 1 has a message that is not",
        "{'messages': [{'role': 'user', 'content': 'a'}]}!line 1 has no message of the role 'assistant'",
        "{'messages': [{'role': 'assistant', 'content': ' '}]}!line 1 has an empty text at 'content'.",
        "{'text': 'a', 'label': null}!line 1 has neither a text nor a number at 'label' but null.",
        "{'prompt': 'a', 'completion': ''}!line 1 has an empty text at 'completion'."
      })
  void partsThatCannotBeLearnedAreNamed(String line, String message) throws IOException {
    assertProblem(line.replace('\'', '"'), message);
  }

  @Test
  void mistakesAreReportedTogether() throws IOException {
    Files.writeString(
        folder.resolve("a.jsonl"), "{\"text\": \"\"}\n{\"tex\": 1}\n{\"text\": \"b\"}\n");
    byte[] broken =
        "{\"prompt\": \"a\", \"completion\": \"b\"}\nx\n".getBytes(StandardCharsets.UTF_8);
    broken[broken.length - 2] = (byte) 0xff;
    Files.write(folder.resolve("b.jsonl"), broken);
    Files.write(folder.resolve("c.txt"), new byte[] {'a', '\n', (byte) 0xc3, '\n'});
    Files.writeString(folder.resolve("d.txt"), " \n");
    String message = message(folder);
    assertTrue(message.startsWith("6 things have to be put right:\n"), message);
    assertTrue(message.contains("a.jsonl line 1 has an empty text"), message);
    assertTrue(message.contains("a.jsonl line 2 has the unknown key 'tex'"), message);
    assertTrue(message.contains("b.jsonl line 2 is not UTF-8."), message);
    assertTrue(message.contains("b.jsonl is of the form {\"prompt\", \"completion\"}, "), message);
    assertTrue(message.contains("c.txt line 2 is not UTF-8."), message);
    assertTrue(message.contains("d.txt is empty."), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rows.json", "rows.ndjson", "rows.CSV", "rows.tsv"})
  void aTableIsNotLearnedAsText(String name) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "{\"text\": \"a\"}\n");
    assertTrue(message(file).contains(name + " is no text: write its rows"), message(file));
  }

  @Test
  void emptyOrMissingDataIsAnError() throws IOException {
    assertTrue(message(folder).contains("holds no .jsonl, .txt or .md file."));
    assertTrue(message(folder.resolve("x.jsonl")).contains("does not exist."));
    assertProblem("\n\n", "holds no examples.");
  }

  @Test
  void aSplitDependsOnTheSeedAlone() {
    TextDataSet data =
        new TextDataSet(
            TextForm.TEXT,
            IntStream.range(0, 50)
                .<TextExample>mapToObj(i -> new TextExample.Plain("t" + i))
                .toList());
    TextDataSet.Split split = data.split(0.1, 7);
    assertEquals(5, split.validation().examples().size());
    assertEquals(split, data.split(0.1, 7));
    assertTrue(!split.equals(data.split(0.1, 8)));
    List<TextExample> both = new ArrayList<>(split.training().examples());
    both.addAll(split.validation().examples());
    assertEquals(50, both.size());
    Set<TextExample> all = new HashSet<>(data.examples());
    assertEquals(all, new HashSet<>(both));
    assertEquals(1, data.split(0.001, 7).validation().examples().size());
    assertEquals(0, data.split(0, 7).validation().examples().size());
    assertThrows(IllegalArgumentException.class, () -> data.split(1, 7));
    assertThrows(IllegalArgumentException.class, () -> data.split(0.999, 7));
  }

  private void assertRead(String line, TextForm form, TextExample example) throws IOException {
    Path file = folder.resolve("read.jsonl");
    Files.writeString(file, line);
    List<SourceLocation> places = List.of(new SourceLocation(file, 1));
    assertEquals(new TextDataSet(form, List.of(example), places), TextDataSet.read(file));
  }

  private void assertProblem(String content, String part) throws IOException {
    Path file = folder.resolve("problem.jsonl");
    Files.writeString(file, content);
    String message = message(file);
    assertTrue(message.startsWith("1 thing has to be put right"), message);
    assertTrue(message.contains(part), message);
  }

  private static String message(Path path) {
    return String.valueOf(
        assertThrows(TextDataException.class, () -> TextDataSet.read(path)).getMessage());
  }
}
