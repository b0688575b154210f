package dev.lora4j.text.align.reward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Words of JSON schema, with values that meet them and values that do not. */
class JsonSchemaTest {
  private static boolean holds(String schema, String value) {
    return JsonSchema.of(schema.replace('\'', '"'))
        .holds(JsonValues.parse(value.replace('\'', '"')).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "true                                                    | 1                   | ",
        "{'not': false}                                          | 1                   | ",
        "{'type': 'integer'}                                     | 1.0                 | 1.5",
        "{'type': 'integer'}                                     | 1e300               | '1'",
        "{'type': ['string', 'null']}                            | null                | 0",
        "{'type': 'number'}                                      | 1.5                 | true",
        "{'type': 'boolean'}                                     | false               | 0",
        "{'type': 'array'}                                       | []                  | {}",
        "{'const': {'a': [1, 2]}}                                | {'a': [1.0, 2]}     | {'a': [2, 1]}",
        "{'const': 9007199254740993}                             | 9007199254740993    | 9007199254740992",
        "{'const': false}                                        | false               | 0",
        "{'enum': ['red', null, 3]}                              | 3.0                 | 'blue'",
        "{'minimum': 2}                                          | 2                   | 1.99",
        "{'maximum': 2}                                          | 'text'              | 2.01",
        "{'exclusiveMinimum': 2}                                 | 2.01                | 2",
        "{'exclusiveMaximum': 2}                                 | -5                  | 2",
        "{'multipleOf': 0.01}                                    | 4.35                | 4.355",
        "{'minLength': 2}                                        | 'ab'                | '😀'",
        "{'maxLength': 1}                                        | '😀'                | 'ab'",
        "{'pattern': '^a+$'}                                     | 'aa'                | 'ab'",
        "{'pattern': 'b'}                                        | 'abc'               | 'ac'",
        "{'minItems': 1}                                         | [0]                 | []",
        "{'maxItems': 1}                                         | [0]                 | [0, 1]",
        "{'uniqueItems': true}                                   | [1, true, '1']      | [1, 1.0]",
        "{'uniqueItems': true}                                   | [{'a':1},{'b':1}]   | [{'a':1},{'a':1}]",
        "{'uniqueItems': false}                                  | [1, 1]              | ",
        "{'items': {'type': 'string'}}                           | ['a']               | ['a', 1]",
        "{'prefixItems': [{'const': 1}], 'items': false}         | [1]                 | [1, 2]",
        "{'prefixItems': [{'const': 1}, {'const': 2}]}           | [1]                 | [1, 3]",
        "{'minProperties': 1}                                    | {'a': 1}            | {}",
        "{'maxProperties': 1}                                    | {}                  | {'a': 1, 'b': 2}",
        "{'required': ['a', 'b']}                                | {'a': null, 'b': 0} | {'a': 1}",
        "{'properties': {'a': {'type': 'string'}}}               | {'b': 1}            | {'a': 1}",
        "{'patternProperties': {'^x': {'type': 'string'}}}       | {'ax': 1}           | {'xa': 1}",
        "{'additionalProperties': false, 'properties': {'a': {}}}| {'a': 1}            | {'b': 1}",
        "{'additionalProperties': false, 'patternProperties': {'^x': true}} | {'x1': 1} | {'y': 1}",
        "{'additionalProperties': {'type': 'integer'}}           | {'a': 1}            | {'a': 'b'}",
        "{'allOf': [{'minimum': 1}, {'maximum': 3}]}             | 2                   | 4",
        "{'anyOf': [{'minimum': 3}, {'maximum': 1}]}             | 1                   | 2",
        "{'oneOf': [{'minimum': 1}, {'maximum': 3}]}             | 4                   | 2",
        "{'not': {'type': 'string'}}                             | 1                   | 'a'",
        "{'$defs': {'n': {'type': 'null'}}, '$ref': '#/$defs/n'} | null                | 1",
        "{'$defs': {'a/b~c': {'const': 1}}, '$ref': '#/$defs/a~1b~0c'} | 1             | 2",
        "{'properties': {'next': {'$ref': '#'}}, 'required': ['v']} | {'v': 1, 'next': {'v': 2}} | {'v': 1, 'next': {}}",
        "{'$schema': 'https://json-schema.org/draft/2020-12/schema', 'title': 't'} | 1 | ",
        "{'$id': 'https://example.com/a', 'items': {'$ref': '#'}} | [[]]                | ",
      })
  void wordIsUnderstood(String schema, String met, String broken) {
    assertTrue(holds(schema, met), met);
    if (broken != null) {
      assertTrue(!holds(schema, broken), broken);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{                                                | is no JSON",
        "[]                                               | #",
        "{'requierd': ['a']}                              | #/requierd is not understood",
        "{'format': 'date'}                               | leave format out",
        "{'properties': {'a': {'if': {}}}}                | #/properties/a/if",
        "{'$defs': {'a': {'contains': {}}}}               | #/$defs/a/contains",
        "{'items': {'$id': 'b'}}                          | #/items/$id is not",
        "{'items': [{'type': 'string'}]}                  | #/items must be an object",
        "{'type': 'float'}                                | #/type",
        "{'type': []}                                     | #/type",
        "{'enum': 'a'}                                    | #/enum must be a list",
        "{'minimum': '1'}                                 | #/minimum must be a number",
        "{'multipleOf': 0}                                | above 0",
        "{'minLength': -1}                                | whole number",
        "{'maxItems': 1.5}                                | whole number",
        "{'pattern': '('}                                 | no regular expression",
        "{'required': [1]}                                | of texts",
        "{'anyOf': []}                                    | list of schemas",
        "{'$ref': 'other.json'}                           | other documents are not read",
        "{'$ref': '#/$defs/a'}                            | not there",
        "{'$ref': '#'}                                    | without end",
        "{'anyOf': [{'type': 'null'}, {'$ref': '#'}]}     | without end",
        "{'$schema': 'http://json-schema.org/draft-07/schema#'} | other drafts",
      })
  void otherWordsAreRefusedByName(String schema, String told) {
    IllegalArgumentException thrown =
        assertThrows(
            IllegalArgumentException.class, () -> JsonSchema.of(schema.replace('\'', '"')));
    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.contains(told), message);
  }

  @Test
  void vastNumbersCostNothing() {
    for (String vast : new String[] {"1e999999999", "-1e-999999999"}) {
      assertTimeout(
          Duration.ofSeconds(5),
          () -> {
            assertEquals(false, holds("{'multipleOf': 3}", vast));
            assertEquals(false, holds("{'maximum': 3, 'minimum': 0}", vast));
            assertEquals(true, holds("{'const': " + vast + "}", vast));
          });
    }
  }
}
