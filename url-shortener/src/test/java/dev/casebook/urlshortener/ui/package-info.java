/** The web page, the visitor's pages and the QR codes as those see them who use them: in Chromium, and through zbar and ZXing. */
@NullMarked
package dev.casebook.urlshortener.ui;

import org.jspecify.annotations.NullMarked;
