package parse

import (
	"strings"

	"linqbot/linq/handle"
)

func abroad(region, full, international string) ParsedHandle {
	return ParsedHandle{Handle: handle.New(full), International: international, Region: region}
}

func atHome(region, full, international string) ParsedHandle {
	u := abroad(region, full, international)
	u.Guessed = true
	return u
}

func unassigned(u ParsedHandle) ParsedHandle {
	u.Unassigned = true
	return u
}

func address(full string) ParsedHandle {
	return ParsedHandle{Handle: handle.New(full), International: full}
}

func acceptedNumbers() []handleRow {
	us := abroad("US", "+14155550132", "+1 415-555-0132")
	guessed := atHome("US", "+14155550132", "+1 415-555-0132")
	london := abroad("GB", "+442071234567", "+44 20 7123 4567")
	return []handleRow{
		{form: "E.164", text: "+14155550132", want: us},
		{form: "E.164, no region", text: "+14155550132", region: "ZZ", want: us},
		{form: "international, spaces", text: "+1 415 555 0132", want: us},
		{form: "international, brackets", text: "+1 (415) 555-0132", want: us},
		{form: "international, dots", text: "+1.415.555.0132", want: us},
		{form: "international, slashes", text: "+1/415/555/0132", want: us},
		{form: "international, square brackets", text: "+1 [415] 555 0132", want: us},
		{form: "plus apart", text: "+ 1 415 555 0132", want: us},
		{form: "plus inside brackets", text: "(+1) 415 555 0132", want: us},
		{form: "plus before brackets", text: "+(1) 415 555 0132", want: us},
		{form: "two pluses", text: "++14155550132", want: us},
		{form: "small plus", text: "﹢14155550132", want: us},
		{form: "trailing dot", text: "+1 415 555 0132.", want: us},
		{form: "national, bare", text: "4155550132", want: guessed},
		{form: "national, brackets", text: "(415) 555-0132", want: guessed},
		{form: "national, dots", text: "415.555.0132", want: guessed},
		{form: "national, brackets twice", text: "(415) 555-(0132)", want: guessed},
		{form: "national, trunk 1", text: "1 (415) 555-0132", want: guessed},
		{form: "national, region in lower case", text: "4155550132", region: "us", want: guessed},
		{form: "national, in another country of +1", text: "416 555 0132", want: atHome("CA", "+14165550132", "+1 416-555-0132")},
		{form: "national, trunk 0", text: "020 7123 4567", region: "GB", want: atHome("GB", "+442071234567", "+44 20 7123 4567")},
		{form: "country code without plus, at home", text: "44 20 7123 4567", region: "GB", want: atHome("GB", "+442071234567", "+44 20 7123 4567")},
		{form: "national, area code added", text: "365 1234", region: "BS", want: atHome("BS", "+12423651234", "+1 242-365-1234")},
		{form: "abroad, trunk (0)", text: "+44 (0)20 7123 4567", want: london},
		{form: "abroad, trunk (0) apart", text: "+44 (0) 20 7123 4567", want: london},
		{form: "abroad, trunk 0", text: "+44 020 7123 4567", want: london},
		{form: "00", text: "0044 20 7123 4567", want: london},
		{form: "00 and trunk (0)", text: "00 44 (0)20 7123 4567", want: london},
		{form: "00 in brackets", text: "(0044) 20 7123 4567", want: london},
		{form: "00 at home", text: "0044 20 7123 4567", region: "GB", want: london},
		{form: "00 without a region", text: "0044 20 7123 4567", region: "ZZ", want: london},
		{form: "00 where 0011 is dialled", text: "0044 20 7123 4567", region: "AU", want: london},
		{form: "0011 where it is dialled", text: "0011 44 20 7123 4567", region: "AU", want: london},
		{form: "00 where a carrier follows, none given", text: "00 55 11 91234 5678", region: "BR", want: abroad("BR", "+5511912345678", "+55 11 91234-5678")},
		{form: "00 and a carrier", text: "0021 44 20 7123 4567", region: "BR", want: london},
		{form: "011", text: "011 44 20 7123 4567", want: london},
		{form: "011 with hyphens", text: "011-44-20-7123-4567", region: "CA", want: london},
		{form: "010 where it is dialled", text: "010 44 20 7123 4567", region: "JP", want: london},
		{form: "Italy keeps its 0", text: "+39 06 1234 5678", want: abroad("IT", "+390612345678", "+39 06 1234 5678")},
		{form: "Italy keeps its 0 at home", text: "06 1234 5678", region: "IT", want: atHome("IT", "+390612345678", "+39 06 1234 5678")},
		{form: "Italy keeps its (0)", text: "+39 (0)6 1234 5678", want: abroad("IT", "+390612345678", "+39 06 1234 5678")},
		{form: "Germany", text: "+49 (0)30 901820", want: abroad("DE", "+4930901820", "+49 30 901820")},
		{form: "Argentina, mobile at home", text: "011 15 2345-6789", region: "AR", want: atHome("AR", "+5491123456789", "+54 9 11 2345-6789")},
		{form: "Japan, long vowel mark for a hyphen", text: "090ー1234ー5678", region: "JP", want: atHome("JP", "+819012345678", "+81 90-1234-5678")},
		{form: "no country", text: "+800 1234 5678", want: abroad("", "+80012345678", "+800 1234 5678")},
		{form: "Mexico, with the former 1", text: "+52 1 55 1234 5678", want: abroad("MX", "+5215512345678", "+52 15512345678")},
		{form: "Ivory Coast, former", text: "+225 12 34 56 78", want: abroad("CI", "+22512345678", "+225 12345678")},
		{form: "Benin, former", text: "+229 97 12 34 56", want: unassigned(abroad("BJ", "+22997123456", "+229 97123456"))},
		{form: "an area that begins like the country code", text: "9198765432", region: "IN", want: atHome("IN", "+919198765432", "+91 91987 65432")},
		{form: "country code without plus, Germany", text: "4930901820", region: "DE", want: atHome("DE", "+4930901820", "+49 30 901820")},
		{form: "a short code", text: "12345", want: literal("12345")},
		{form: "a short code of three digits", text: "911", want: literal("911")},
		{form: "a short code in quotes", text: "`262966`", want: literal("262966")},
		{form: "a business", text: "urn:biz:b1e2f3a4-0000-4a7e-8d0b-6f1f0a9c4e11", want: literal("urn:biz:b1e2f3a4-0000-4a7e-8d0b-6f1f0a9c4e11")},
		{form: "possible, not in use", text: "+12223334444", want: unassigned(abroad("", "+12223334444", "+1 222-333-4444"))},
		{form: "possible, not in use, national", text: "222 333 4444", want: unassigned(atHome("US", "+12223334444", "+1 222-333-4444"))},
		{form: "documentation number", text: "+15551234567", want: unassigned(abroad("", "+15551234567", "+1 555-123-4567"))},

		{form: "leading and trailing space", text: "  \t+14155550132 \n", want: us},
		{form: "trailing comma", text: "+14155550132,", want: us},
		{form: "trailing semicolon", text: "+14155550132;", want: us},
		{form: "comma inside quotes", text: `"+14155550132,"`, want: us},
		{form: "double quotes", text: `"+1 415 555 0132"`, want: us},
		{form: "single quotes", text: `'+1 415 555 0132'`, want: us},
		{form: "curly quotes", text: "“+1 415 555 0132”", want: us},
		{form: "curly single quotes", text: "‘+1 415 555 0132’", want: us},
		{form: "guillemets", text: "«+1 415 555 0132»", want: us},
		{form: "backticks", text: "`+14155550132`", want: us},
		{form: "three backticks", text: "```+14155550132```", want: us},
		{form: "asterisks", text: "*+14155550132*", want: us},
		{form: "asterisks and backticks", text: "*`+14155550132`*", want: us},
		{form: "angle brackets", text: "<+14155550132>", want: us},
		{form: "escaped angle brackets", text: "&lt;+14155550132&gt;", want: us},
		{form: "parentheses", text: "(+14155550132)", want: us},
		{form: "parentheses in parentheses", text: "((415) 555-0132)", want: guessed},
		{form: "list mark -", text: "- +14155550132", want: us},
		{form: "list mark •", text: "• +14155550132", want: us},
		{form: "tel:", text: "tel:+1-415-555-0132", want: us},
		{form: "TEL: in capitals, spaced", text: "TEL: +1 415 555 0132", want: us},
		{form: "tel://", text: "tel://+14155550132", want: us},
		{form: "tel: in quotes", text: `"tel:+14155550132"`, want: us},
		{form: "sms: with a body", text: "sms:+14155550132?body=hi", want: us},
		{form: "Slack link", text: "<tel:+14155550132>", want: us},
		{form: "Slack link, label", text: "<tel:+14155550132|415-555-0132>", want: us},
		{form: "Slack link, label with a trunk 0", text: "<tel:+442071234567|+44 (0)20 7123 4567>", want: london},
		{form: "Slack link, label without digits", text: "<tel:+14155550132|Jane>", want: us},
		{form: "Slack link, escaped", text: "&lt;tel:+14155550132|+14155550132&gt;", want: us},
		{form: "Slack link, empty label", text: "<tel:+14155550132|>", want: us},
		{form: "Slack link after the country code", text: "+1 <tel:4155550132|415-555-0132>", want: us},
		{form: "Slack link in quotes", text: "“<tel:+14155550132|+1 415 555 0132>”", want: us},

		{form: "bidi embedding", text: "\u202a+1 (415) 555\u20110132\u202c", want: us},
		{form: "bidi isolates", text: "\u2068+1 415 555 0132\u2069", want: us},
		{form: "bidi marks", text: "\u200e+1\u200f 415\u061c 555 0132", want: us},
		{form: "zero-width", text: "\ufeff+1\u200b415\u200c555\u200d01\u206032", want: us},
		{form: "soft hyphen", text: "+1415\u00ad555\u00ad0132", want: us},
		{form: "variation selectors", text: "+1\ufe0f4\ufe0e155550132", want: us},
		{form: "no-break space", text: "+1\u00a0415\u00a0555\u00a00132", want: us},
		{form: "narrow no-break space", text: "+1\u202f415\u202f555\u202f0132", want: us},
		{form: "figure space", text: "+1\u2007415\u2007555\u20070132", want: us},
		{form: "ideographic space", text: "+1\u3000415\u3000555\u30000132", want: us},
		{form: "tab", text: "+1\t415\t555\t0132", want: us},
		{form: "hyphen U+2010", text: "+1\u2010415\u2010555\u20100132", want: us},
		{form: "no-break hyphen U+2011", text: "415\u2011555\u20110132", want: guessed},
		{form: "figure dash U+2012", text: "415\u2012555\u20120132", want: guessed},
		{form: "en dash U+2013", text: "415\u2013555\u20130132", want: guessed},
		{form: "em dash U+2014", text: "415\u2014555\u20140132", want: guessed},
		{form: "bar U+2015", text: "415\u2015555\u20150132", want: guessed},
		{form: "minus U+2212", text: "415\u2212555\u22120132", want: guessed},
		{form: "small em dash U+FE58", text: "415\ufe58555\ufe580132", want: guessed},
		{form: "small hyphen U+FE63", text: "415\ufe63555\ufe630132", want: guessed},
		{form: "full-width", text: "＋１（４１５）５５５－０１３２", want: us},
		{form: "full-width, space", text: "＋１　４１５　５５５　０１３２", want: us},
		{form: "Arabic-Indic digits", text: "+١٤١٥٥٥٥٠١٣٢", want: us},
		{form: "Persian digits", text: "۴۱۵۵۵۵۰۱۳۲", want: guessed},
		{form: "Devanagari digits", text: "+१४१५५५५०१३२", want: us},
		{form: "mathematical bold digits", text: "+𝟏𝟒𝟏𝟓𝟓𝟓𝟓𝟎𝟏𝟑𝟐", want: us},
		{form: "mathematical monospace digits", text: "+𝟷𝟺𝟷𝟻𝟻𝟻𝟻𝟶𝟷𝟹𝟸", want: us},
	}
}

func acceptedEmails() []handleRow {
	jane := address("jane@example.com")
	return []handleRow{
		{form: "e-mail", text: "jane@example.com", want: jane},
		{form: "e-mail, domain in capitals", text: "Jane@EXAMPLE.Com", want: address("Jane@example.com")},
		{form: "e-mail, plus", text: "jane+work@example.com", want: address("jane+work@example.com")},
		{form: "e-mail, dots", text: "jane.m.doe@mail.example.co.uk", want: address("jane.m.doe@mail.example.co.uk")},
		{form: "e-mail, digits only", text: "4155550132@example.com", want: address("4155550132@example.com")},
		{form: "e-mail, looks like a number", text: "+14155550132@example.com", want: address("+14155550132@example.com")},
		{form: "e-mail, apostrophe", text: "o'brien@example.com", want: address("o'brien@example.com")},
		{form: "e-mail, curly apostrophe", text: "o’brien@example.com", want: address("o'brien@example.com")},
		{form: "e-mail, asterisk and slash", text: "a*b/c@example.com", want: address("a*b/c@example.com")},
		{form: "e-mail, international domain", text: "jane@Bücher.example", want: address("jane@bücher.example")},
		{form: "e-mail, punycode", text: "jane@xn--bcher-kva.example", want: address("jane@xn--bcher-kva.example")},
		{form: "e-mail, international name", text: "用户@例子.公司", want: address("用户@例子.公司")},
		{form: "e-mail, accent apart", text: "jose\u0301@example.com", want: address("josé@example.com")},
		{form: "e-mail, no-break hyphen", text: "jane\u2011doe@example.com", want: address("jane-doe@example.com")},
		{form: "e-mail, full-width", text: "ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", want: jane},
		{form: "e-mail, zero-width space", text: "jane@\u200bexample.com", want: jane},
		{form: "e-mail, bidi", text: "\u2068jane@example.com\u2069", want: jane},
		{form: "e-mail, trailing dot", text: "jane@example.com.", want: jane},
		{form: "e-mail, trailing comma", text: "jane@example.com,", want: jane},
		{form: "e-mail, quotes", text: `"jane@example.com"`, want: jane},
		{form: "e-mail, backticks", text: "`jane@example.com`", want: jane},
		{form: "e-mail, angle brackets", text: "<jane@example.com>", want: jane},
		{form: "e-mail, parentheses", text: "(jane@example.com)", want: jane},
		{form: "e-mail, name", text: "Jane Doe <jane@example.com>", want: jane},
		{form: "e-mail, name, escaped", text: "Jane Doe &lt;jane@example.com&gt;", want: jane},
		{form: "e-mail, name in quotes with a comma", text: `"Doe, Jane" <jane@example.com>`, want: jane},
		{form: "e-mail, name in curly quotes", text: `“Doe, Jane” <jane@example.com>`, want: jane},
		{form: "e-mail, name and Slack link", text: "Jane Doe &lt;<mailto:jane@example.com|jane@example.com>&gt;", want: jane},
		{form: "mailto:", text: "mailto:jane@example.com", want: jane},
		{form: "mailto: with a query", text: "MAILTO:jane@example.com?subject=hello", want: jane},
		{form: "mailto:, percent-encoded", text: "mailto:jane%2Bwork@example.com", want: address("jane+work@example.com")},
		{form: "mailto:, percent-encoded, in a Slack link", text: "<mailto:jane%40example.com|write to Jane>", want: jane},
		{form: "mailto:, with a percent of its own", text: "mailto:50%off@example.com", want: address("50%off@example.com")},
		{form: "Slack mailto link", text: "<mailto:jane@example.com>", want: jane},
		{form: "Slack mailto link, label", text: "<mailto:jane@example.com|jane@example.com>", want: jane},
		{form: "Slack mailto link, label differs in case", text: "<mailto:jane@example.com|Jane@Example.com>", want: address("Jane@example.com")},
		{form: "Slack mailto link, encoded target", text: "<mailto:jane%2Bwork@example.com|jane+work@example.com>", want: address("jane+work@example.com")},
		{form: "Slack mailto link, a name for a label", text: "<mailto:jane@example.com|Jane>", want: jane},
		{form: "Slack link in the domain", text: "jane@<http://example.com|example.com>", want: jane},
		{form: "Slack link in the domain, no label", text: "jane@<http://example.com/>", want: jane},
		{form: "longest local part", text: strings.Repeat("a", 64) + "@example.com", want: address(strings.Repeat("a", 64) + "@example.com")},
	}
}
