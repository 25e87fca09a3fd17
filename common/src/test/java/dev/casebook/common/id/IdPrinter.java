package dev.casebook.common.id;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that makes ids of version 7 by one generator. For each line of its input, a number, it prints what the wall clock says, then so many ids, or why there
 * are no more, then an empty line.
 */
final class IdPrinter {
    private IdPrinter() {}

    public static void main(String[] args) throws IOException {
        Uuidv7 generator = Uuidv7.create();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            List<String> out = new ArrayList<>(List.of(Long.toString(System.currentTimeMillis())));
            try {
                for (int i = Integer.parseInt(line); i > 0; i--) {
                    out.add(generator.next().toString());
                }
            } catch (IdUnavailableException refused) {
                out.add(refused.reason() + " " + refused.getMessage());
            }
            System.out.print(String.join("\n", out) + "\n\n");
            System.out.flush();
        }
    }
}
